"""C1: kill -9 under load: what was answered is in the shop, and nothing else is."""

import asyncio
import time
from contextlib import suppress
from statistics import median
from threading import Thread

import httpx

from tests.faults.auditor import Log, audit
from tests.faults.clients import Crowd, till
from tests.faults.history import Result
from tests.faults.shop import Shop, fresh
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup

SKUS = [f"MUG-{n}" for n in range(12)]
SCARCE = SKUS[:2]
CLIENTS = 12
START = 2.0  # seconds that a start may take


def kill_under_load(setup: Setup) -> Outcome:
    """Serve, work, kill at some moment; start anew, ask some of the unknown again; and so on."""
    shop = fresh(setup.folder, {sku: 1 if sku in SCARCE else 100_000 for sku in SKUS})
    crowd = Crowd(shop, CLIENTS, SKUS, setup.seed)
    kills = setup.pick(2, 10, 100)
    done = Outcome(kills, "")
    log = Log()
    starts = []
    for n in range(kills + 1):
        began = time.monotonic()
        with setup.server(shop.path) as server:
            with till(shop, server.url) as line:
                line.get("/readyz").raise_for_status()
            starts.append(time.monotonic() - began)
            asyncio.run(crowd.ask_again(server.url, part=0.3))
            if n == kills:
                break
            listener = Thread(target=_listen, args=(shop, server.url))
            listener.start()
            moment = crowd.random.uniform(0.2, 1.5)
            asyncio.run(crowd.work(server.url, seconds=moment, end=server.kill))
            listener.join()
        if n % 5 == 0:
            done.wrong += [f"after kill {n + 1}: {what}" for what in audit(shop.path, log)]
    done.wrong += [*audit(shop.path, log), *compare(shop.path, crowd.folder)]
    setup.expect("a start is quick", median(starts), START)
    done.hold("the kills hit somebody", held=crowd.count(Result.UNKNOWN) > 0)
    done.hold("some were refused", held=crowd.count(Result.REFUSED) > 0)
    lost = sum("is lost" in what for what in done.wrong)
    done.figure = (
        f"{crowd.count(Result.OK):,} acknowledged, {lost} of them lost, "
        f"{crowd.count(Result.UNKNOWN)} left unknown; "
        f"start p50 {median(starts):.2f} s, longest {max(starts):.2f} s"
    )
    return done


def _listen(shop: Shop, url: str) -> None:
    """Somebody reads the stream, for as long as there is one."""
    with (
        suppress(httpx.HTTPError),
        till(shop, url) as line,
        line.stream("GET", "/v1/events/stream") as stream,
    ):
        for _ in stream.iter_raw():
            pass
