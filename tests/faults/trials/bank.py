"""A1, A4: everybody at once, and an auditor who looks on."""

import asyncio
from random import Random
from statistics import quantiles

import httpx

from tests.faults.auditor import Watch, audit
from tests.faults.clients import Crowd, connections
from tests.faults.history import Result, read
from tests.faults.shop import fresh
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup

SKUS = [f"MUG-{n}" for n in range(50)]
GOODS = {sku: 2 if sku in SKUS[:10] else 100_000 for sku in SKUS}


def bank(setup: Setup) -> Outcome:
    """8, 32 and 64 clients, of whom some are always short of something."""
    done = Outcome(0, "")
    figures = []
    for number in (8, 32, 64) if setup.size else (16,):
        shop = fresh(setup.folder / f"{number}", GOODS)
        crowd = Crowd(shop, number, SKUS, setup.seed)
        with setup.server(shop.path) as server:
            with Watch(shop.path) as watch:
                asyncio.run(crowd.work(server.url, seconds=setup.pick(2, 8, 100)))
            done.hold("it ends well", held=server.stop() == 0)
        done.wrong += [*watch.wrong, *compare(shop.path, crowd.folder)]
        done.n += (asked := sum(1 for _ in crowd.wishes))
        failed = crowd.count(Result.UNKNOWN)
        done.hold(f"{failed} of {asked} were neither done nor refused", held=failed == 0)
        done.hold("some were refused", held=crowd.count(Result.REFUSED) > 0)
        figures.append(f"{number} clients: {_pace(crowd)}, {watch.samples} audits")
    done.figure = "; ".join(figures)
    return done


def _pace(crowd: Crowd) -> str:
    attempts = list(read(crowd.folder))
    took = max(a.end for a in attempts) - min(a.start for a in attempts)
    cuts = quantiles((a.seconds * 1000 for a in attempts), n=100)
    return (
        f"{len(attempts) / took:,.0f} ops/s, "
        f"p50/p95/p99 {cuts[49]:.0f}/{cuts[94]:.0f}/{cuts[98]:.0f} ms"
    )


def opposite(setup: Setup) -> Outcome:
    """Twelve clients whose carts name the same ten products in any order."""
    skus = SKUS[:10]
    shop = fresh(setup.folder, dict.fromkeys(skus, 1_000_000))
    random = Random(setup.seed)

    async def sells(line: httpx.AsyncClient) -> list[int]:
        statuses = []
        for _ in range(setup.pick(10, 20, 60)):
            chosen = random.sample(skus, 4)
            order = {"lines": [{"sku": sku, "quantity": 1} for sku in chosen]}
            statuses.append((await line.post("/v1/orders", json=order)).status_code)
        return statuses

    async def all_sell(url: str) -> list[list[int]]:
        async with connections(url, shop.program(), 12) as lines:
            return await asyncio.gather(*map(sells, lines))

    with setup.server(shop.path) as server:
        statuses = [status for each in asyncio.run(all_sell(server.url)) for status in each]
    failed = sum(status != 201 for status in statuses)
    done = Outcome(len(statuses), f"{failed} orders failed", audit(shop.path))
    done.hold(done.figure, held=failed == 0)
    return done
