"""A1, A4: everybody at once, and an auditor who looks on."""

import asyncio
from random import Random
from statistics import quantiles

import httpx

from tests import shops
from tests.faults.auditor import Watch, audit
from tests.faults.clients import Crowd, connections
from tests.faults.history import Result, read
from tests.faults.shop import Shop, fresh
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup, Skipped

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
                busy = [wish.status for wish in crowd.wishes if wish.result == Result.UNKNOWN]
                asyncio.run(crowd.ask_again(server.url))
            done.hold("it ends well", held=server.stop() == 0)
        done.wrong += [*watch.wrong, *compare(shop.path, crowd.folder)]
        done.n += (asked := sum(1 for _ in crowd.wishes))
        failed = crowd.count(Result.UNKNOWN)
        done.hold(f"{failed} of {asked} were neither done nor refused", held=failed == 0)
        done.hold(f"to try again is 503, and not {set(busy)}", held=set(busy) <= {503})
        done.hold("some were refused", held=crowd.count(Result.REFUSED) > 0)
        again = f", {len(busy)} told to try again" if busy else ""
        figures.append(f"{number} clients: {_pace(crowd)}, {watch.samples} audits{again}")
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
    """Twelve clients whose carts name the same ten products in any order; nobody meets anybody.

    An order that met another would begin again and come through, so PostgreSQL is asked how many.
    """
    if setup.bug and shops.IS_SQLITE:
        raise Skipped("on SQLite there is one writer, who meets nobody")
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
        done = Outcome(len(statuses), "", audit(shop.path))
        done.hold("it ends well", held=server.stop() == 0)  # and has told what it met
    failed = sum(status != 201 for status in statuses)
    met = 0 if shops.IS_SQLITE else _deadlocks(shop)
    done.wrong += [f"deadlock {n}" for n in range(met)]
    done.figure = f"{failed} orders failed" + ("" if shops.IS_SQLITE else f", {met} met (40P01)")
    done.hold(done.figure, held=failed == 0)
    return done


def _deadlocks(shop: Shop) -> int:
    ((met,),) = shops.rows(
        shop.path, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return int(met)
