"""What only a shop in PostgreSQL has: several servers at once, and a database that goes away."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from pathlib import Path

import httpx

from tests import postgres, shops
from tests.faults.auditor import audit
from tests.faults.clients import Crowd, connections, till
from tests.faults.history import Result
from tests.faults.shop import fresh
from tests.faults.trial import Outcome, Setup, Skipped
from tests.faults.trials.recovery import statuses

CLIENTS = 64
CROWD = 12
SKUS = [f"MUG-{n}" for n in range(12)]
END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onhand'"
)
BACK = 5.0  # seconds until it is ready again
ROUNDS = 10  # of asking again for what met another as well
LOCKED = 4.0  # seconds, longer than an action waits for a lock


def hot_product(setup: Setup) -> Outcome:
    """Two servers, and more clients than there are units of one product, all at once."""
    stock = setup.pick(100, 500, 2_000)
    wishes = stock + CLIENTS * 4
    shop = fresh(setup.folder, {"HOT": stock})
    done = Outcome(wishes, "")
    statuses: Counter[int] = Counter()

    async def everybody(urls: list[str]) -> None:
        async with AsyncExitStack() as stack:
            lines = [
                line
                for url in urls
                for line in await stack.enter_async_context(
                    connections(url, shop.program(), CLIENTS // len(urls))
                )
            ]
            left = iter(range(wishes))
            await asyncio.gather(*(_buy(line, left, statuses) for line in lines))

    with ExitStack() as stack:
        urls = [stack.enter_context(setup.server(shop.path)).url for _ in range(2)]
        began = time.monotonic()
        asyncio.run(everybody(urls))
        took = time.monotonic() - began
    ((on_hand,),) = shops.rows(shop.path, "SELECT on_hand FROM stock_level")
    done.hold("exactly what was there is sold", held=statuses[201] == stock and on_hand == 0)
    done.hold("all others are refused, and nothing breaks", held=set(statuses) == {201, 409})
    done.wrong += audit(shop.path)
    done.figure = (
        f"{CLIENTS} clients, {statuses[201]:,} of {stock:,} sold, {statuses[409]:,} refused, "
        f"{wishes / took:,.0f} answers a second"
    )
    return done


async def _buy(line: httpx.AsyncClient, left: Iterator[int], statuses: Counter[int]) -> None:
    for _ in left:
        answer = await line.post("/v1/orders", json={"lines": [{"sku": "HOT", "quantity": 1}]})
        statuses[answer.status_code] += 1


def database_goes_away(setup: Setup) -> Outcome:
    """Its sessions are ended, and it crashes and starts anew, while everybody works."""
    if not postgres.is_ours():
        raise Skipped("the database server is not one of the tests' own")
    shop = fresh(setup.folder, dict.fromkeys(SKUS, 100_000))
    crowd = Crowd(shop, CROWD, SKUS, setup.seed)
    times = setup.pick(1, 3, 10)
    done = Outcome(times, "")
    pauses: list[float] = []

    def trouble(url: str) -> None:
        with till(shop, url) as line:
            for _ in range(times):
                time.sleep(1)
                shops.server(END_SESSIONS)
                time.sleep(1)
                postgres.crash()
                pauses.append(until_ready(line))

    with setup.server(shop.path) as server:
        asyncio.run(crowd.work(server.url, seconds=0, end=lambda: trouble(server.url)))
        unknown = crowd.count(Result.UNKNOWN)
        asyncio.run(crowd.ask_again(server.url))
    done.wrong += crowd.wrong()
    setup.expect("it is ready again soon", max(pauses), BACK)
    done.hold("the trouble hit somebody", held=unknown > 0)
    done.figure = (
        f"{crowd.count(Result.OK):,} acknowledged, "
        f"{sum('is lost' in what for what in done.wrong)} of them lost, {unknown} asked again; "
        f"ready again after {max(pauses):.2f} s at most"
    )
    return done


def conflicts(setup: Setup) -> Outcome:
    """Few connections, and SERIALIZABLE, so that actions meet; then another holds the lock."""
    if not postgres.is_ours():
        raise Skipped("the log of the database server cannot be read")
    shop = fresh(setup.folder, dict.fromkeys(SKUS[:2], 100_000))
    crowd = Crowd(shop, CLIENTS, SKUS[:2], setup.seed)
    bugs = ("serializable", "narrow", setup.bug)
    server_of = replace(setup, bug=",".join(filter(None, bugs))).server
    log = Path(os.environ["PGDATA"]) / "log"
    told_before = len(log.read_text())
    seconds = setup.pick(3, 8, 60)
    done = Outcome(0, "")
    left: list[int] = []  # unknown before each round of asking again
    with server_of(shop.path) as server:
        asyncio.run(crowd.work(server.url, seconds=seconds))
        given_up = statuses(crowd)[503]

        def lock() -> None:
            with shops.locked(shop.path):
                time.sleep(LOCKED)

        asyncio.run(crowd.work(server.url, seconds=0.5, end=lock))
        while (still := crowd.count(Result.UNKNOWN)) and len(left) < ROUNDS:
            left.append(still)
            asyncio.run(crowd.ask_again(server.url))
        done.hold("it ends well", held=server.stop() == 0)
    said = log.read_text()[told_before:]
    met, locked = said.count("could not serialize access"), said.count("due to lock timeout")
    told = statuses(crowd)
    done.n = told.total()
    done.wrong += crowd.wrong()
    done.hold(f"{still} are unknown for ever", held=still == 0)
    done.hold(f"{met} met, {locked} were locked out", held=min(met, locked) > 0)
    done.hold(f"{given_up} of {met} were given up", held=given_up <= met / 4)
    done.figure = (
        f"{CLIENTS} clients, 4 connections: {met:,} met (40001), {given_up} of them given up; "
        f"{locked} locked out (55P03); {told[503]:,} answered 503, all done when asked again, "
        f"{len(left)} times at most"
    )
    return done


def until_ready(line: httpx.Client) -> float:
    """Ready to write; how long that took."""
    began = time.monotonic()
    while line.get("/readyz").status_code != 200:
        time.sleep(0.02)
    return time.monotonic() - began
