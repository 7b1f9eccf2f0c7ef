"""E5b: many sign in, read long lists and save spreadsheets at once, while others sell."""

import asyncio
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import count, cycle
from multiprocessing import get_context
from statistics import quantiles

import httpx

from tests.faults.clients import PATIENCE, Crowd
from tests.faults.history import read
from tests.faults.shop import fresh
from tests.faults.trial import Outcome, Setup
from tests.faults.trials.last_unit import COOKIE
from tests.faults.trials.recovery import GOODS, SKUS

SIGNING_IN, READING, SAVING = 200, 20, 5
REPORTS = ("/activity", "/orders", "/alerts", "/stock")
SELLING, ALIVE = 0.5, 0.1  # seconds within which 99 of 100 are answered

Told = Counter[tuple[str, int]]  # what was asked for, and the status of the answer


def storm(setup: Setup) -> Outcome:
    """Selling alone, then beside wave after wave of the others."""
    shop = fresh(setup.folder, GOODS, clerks=READING)
    crowd = Crowd(shop, 4, SKUS, setup.seed)
    seconds = setup.pick(2, 5, 30)
    under = ("env", "ONHAND_TRUSTED_PROXY=127.0.0.1")  # guessing comes from many addresses
    elsewhere = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with setup.server(shop.path, under=under) as server, elsewhere:
        asyncio.run(_selling(crowd, server.url, seconds))
        began = time.time()
        waves = elsewhere.submit(_waves, server.url, shop.sessions, seconds)
        alive = asyncio.run(_selling(crowd, server.url, seconds))
        ended = time.time()
        told = waves.result()
        asyncio.run(crowd.ask_again(server.url))
        server.stop()
    attempts = list(read(crowd.folder))
    alone = _p99([it.seconds for it in attempts if it.end < began])
    beside = _p99([it.seconds for it in attempts if began < it.start < ended])
    done = Outcome(told.total(), "")
    setup.expect("selling is quick", beside, SELLING)
    setup.expect("it says that it is alive", _p99(alive), ALIVE)
    broken = {what: n for what, n in told.items() if what[1] in {0, 500}}
    done.hold(f"broken: {broken}", held=not broken)
    done.wrong += crowd.wrong()
    done.figure = (
        f"selling p99 {alone * 1000:.0f} ms alone, {beside * 1000:.0f} ms in it; "
        f"/healthz p99 {_p99(alive) * 1000:.0f} ms; "
        + ", ".join(f"{what} {status}: {n:,}" for (what, status), n in sorted(told.items()))
    )
    return done


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


async def _selling(crowd: Crowd, url: str, seconds: float) -> list[float]:
    """Everybody sells; and how long each answer of /healthz takes meanwhile."""
    took: list[float] = []

    async def ask() -> None:
        async with httpx.AsyncClient(base_url=url) as line:
            while True:
                began = time.perf_counter()
                (await line.get("/healthz")).raise_for_status()
                took.append(time.perf_counter() - began)
                await asyncio.sleep(0.02)

    asking = asyncio.create_task(ask())
    await crowd.work(url, seconds=seconds)
    asking.cancel()
    return took


def _waves(url: str, sessions: list[str], seconds: float) -> Told:
    return asyncio.run(_wave_after_wave(url, sessions, seconds))


async def _wave_after_wave(url: str, sessions: list[str], seconds: float) -> Told:
    """In a process of its own, so that what is measured is the server."""
    told: Told = Counter()
    end = time.monotonic() + seconds
    numbers = count()
    limits = httpx.Limits(max_connections=SIGNING_IN + READING + SAVING)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as line:

        async def guess(n: int) -> None:
            said = {"name": f"Clerk {n % 1_000}", "password": "a short sentence is bad"}
            came = {"Origin": url, "X-Forwarded-For": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"}
            await note("sign-in", line.build_request("POST", "/sign-in", data=said, headers=came))

        async def look(what: str, place: str, session: str) -> None:
            cookie = {"Cookie": f"{COOKIE}={session}"}
            await note(what, line.build_request("GET", place, headers=cookie))

        async def note(what: str, asked: httpx.Request) -> None:
            try:
                told[what, (await line.send(asked)).status_code] += 1
            except httpx.HTTPError:
                told[what, 0] += 1

        while time.monotonic() < end:
            await asyncio.gather(
                *(guess(next(numbers)) for _ in range(SIGNING_IN)),
                *(look("list", *both) for both in zip(cycle(REPORTS), sessions, strict=False)),
                *(look("save", "/activity/export", it) for it in sessions[:SAVING]),
            )
    return told
