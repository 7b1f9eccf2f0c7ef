"""C12: a database behind a bad wire: far away, reset in the middle of a COMMIT, suddenly silent."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx

from app.database.pool import PATIENCE, SILENCE
from tests.faults.auditor import audit
from tests.faults.clients import Crowd, till
from tests.faults.history import Result
from tests.faults.shop import Shop, fresh
from tests.faults.trial import Outcome, Setup
from tests.faults.trials.recovery import GOODS, RECOVERS, SKUS, recovers, statuses
from tests.faults.wires import wired
from tests.server import Server

SECOND = 0.5  # seconds each way, so that each question takes one
COMES_BACK = SILENCE + 2 * PATIENCE  # seconds: a line is given up, and another one is laid
ENDS = 20.0  # seconds from being asked to its end, beside a database that says nothing
APART = "APART"  # which only those buy who look whether it sells


def slow_wire(setup: Setup) -> Outcome:
    """Each question to the database takes a second, an order some twenty; all want the same."""
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 8, SKUS[:2], setup.seed)
    seconds = setup.pick(12, 20, 60)
    done = Outcome(seconds, "")
    with (
        wired(shop, setup.seed) as wire,
        setup.server(shop.path, DATABASE=wire.address) as server,
    ):
        asyncio.run(crowd.work(server.url, seconds=2))  # what is asked is known by then
        before = statuses(crowd)
        wire.delay = SECOND
        asyncio.run(crowd.work(server.url, seconds=seconds))
        wire.delay = 0.0
        took = recovers(shop, server)
        asyncio.run(crowd.ask_again(server.url))
        done.hold("it ends well", held=server.stop() == 0)
    told = statuses(crowd) - before
    done.wrong += crowd.wrong()
    still = crowd.count(Result.UNKNOWN)
    done.hold(f"{still} are unknown for ever", held=still == 0)
    done.hold("something is sold nevertheless", held=told[200] + told[201] > 0)
    done.hold(f"{told[0]} were not answered", held=told[0] == 0)
    setup.expect("it recovers", took, RECOVERS)
    done.figure = (
        f"{told[200] + told[201]:,} done and {told[503]:,} answered 503 in {seconds} s, "
        f"all done when asked again; sells again after {took:.2f} s"
    )
    return done


def cut_commits(setup: Setup) -> Outcome:
    """Nobody knows what became of a COMMIT whose line was reset; the key finds it."""
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 12, SKUS, setup.seed)
    done = Outcome(0, "")
    with (
        wired(shop, setup.seed) as wire,
        setup.server(shop.path, DATABASE=wire.address) as server,
    ):
        wire.percent = 10
        asyncio.run(crowd.work(server.url, seconds=setup.pick(2, 5, 40)))
        wire.percent = 0
        unknown = [wish for wish in crowd.wishes if wish.result == Result.UNKNOWN]
        asyncio.run(crowd.ask_again(server.url))
        done.hold("it ends well", held=server.stop() == 0)
    done.n = wire.cuts
    done.wrong += crowd.wrong()
    done.hold("COMMITs were cut", held=wire.cuts > 0)
    still = crowd.count(Result.UNKNOWN)
    done.hold(f"{still} are unknown for ever", held=still == 0)
    done.figure = (
        f"{wire.cuts} COMMITs reset, {len(unknown)} answered 503, each once when asked again; "
        f"{crowd.count(Result.OK):,} acknowledged"
    )
    return done


def silent_lines(setup: Setup) -> Outcome:
    """The lines that are there answer nothing any more, while new ones would."""
    shop = fresh(setup.folder, {**GOODS, APART: 1_000})
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    times = setup.pick(1, 1, 3)
    done = Outcome(times, "")
    waits: list[float] = []
    with (
        wired(shop, setup.seed) as wire,
        setup.server(shop.path, DATABASE=wire.address) as server,
    ):

        def fall_silent() -> None:
            for _ in range(times):
                time.sleep(1)
                wire.fall_silent()
                waits.append(_sells_again(shop, server))

        asyncio.run(crowd.work(server.url, seconds=1, end=fall_silent))
        asyncio.run(crowd.ask_again(server.url))
        done.wrong += crowd.wrong()
        ended = _ends_in_silence(shop, server, wire.fall_silent)
    done.wrong += audit(shop.path)
    done.hold(f"nothing is sold for {max(waits):.0f} s", held=max(waits) < COMES_BACK)
    done.hold(f"it ends after {ended:.0f} s", held=ended < ENDS)
    done.figure = (
        f"{crowd.count(Result.OK):,} acknowledged; sells again after {max(waits):.1f} s at most; "
        f"asked to end in silence it ends after {ended:.1f} s"
    )
    return done


def _sells(shop: Shop, server: Server) -> bool:
    """Whether a till, which does not wait for ever either, sells what nobody else wants."""
    sale = {"lines": [{"sku": APART, "quantity": 1}]}
    with suppress(httpx.HTTPError), till(shop, server.url) as line:
        return line.post("/v1/orders", json=sale).status_code == 201
    return False


def _sells_again(shop: Shop, server: Server) -> float:
    """Seconds until something is sold."""
    began = time.monotonic()
    while time.monotonic() - began < COMES_BACK and not _sells(shop, server):
        pass
    return time.monotonic() - began


def _ends_in_silence(shop: Shop, server: Server, fall_silent: Callable[[], None]) -> float:
    """Some wait for an answer, and the server is asked to end; the seconds it takes."""
    fall_silent()
    with ThreadPoolExecutor(4) as tills:
        for _ in range(4):
            tills.submit(_sells, shop, server)
        time.sleep(1)
        began = time.monotonic()
        server.stop()
        return time.monotonic() - began
