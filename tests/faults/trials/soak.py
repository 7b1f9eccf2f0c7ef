"""C13: everybody works for a long time while one fault follows the other, and nothing piles up."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from tests import shops
from tests.faults.auditor import Log, audit
from tests.faults.clients import Crowd
from tests.faults.held import Held
from tests.faults.history import History
from tests.faults.shop import Shop, fresh, waiting_log
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup
from tests.faults.trials.failing import no_writes
from tests.faults.trials.keys import CUTS, Line
from tests.faults.trials.recovery import GOODS, RECOVERS, SKUS, recovers, statuses
from tests.faults.trials.servers import END_SESSIONS

MOST_GROWN = 1.2  # times the memory at the beginning
LARGEST_LOG = 64 << 20  # bytes


@contextmanager
def sessions_end(shop: Shop) -> Iterator[None]:
    """The database sends the server away, and again as soon as it has come back."""
    shops.rows(shop.path, END_SESSIONS)
    yield
    shops.rows(shop.path, END_SESSIONS)


def soak(setup: Setup) -> Outcome:
    shop = fresh(setup.folder, {**GOODS, "MUG": 1_000_000})
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    seconds = setup.pick(6, 30, 300)
    done = Outcome(seconds, "")
    is_over = Event()
    faults = 0

    with setup.server(shop.path) as server:

        def break_things() -> None:
            nonlocal faults
            line = Line(server.url, shop, History(crowd.folder, "cut"))
            while not is_over.wait(1):
                writes = no_writes(server) if shops.IS_SQLITE else sessions_end(shop)
                with (writes, shops.locked(shop.path))[faults % 2]:
                    time.sleep(0.5)
                for where in CUTS:
                    asyncio.run(line.cut(f"cut-{faults}-{where[:11]}".replace(" ", "-"), where))
                faults += 1

        asyncio.run(crowd.work(server.url, seconds=seconds / 10))  # until everything is warm
        before = Held.by(server.process.pid)
        breaking = Thread(target=break_things)
        breaking.start()
        asyncio.run(crowd.work(server.url, seconds=seconds))
        is_over.set()
        breaking.join()
        setup.expect("it recovers", recovers(shop, server), RECOVERS)
        asyncio.run(crowd.ask_again(server.url))
        time.sleep(2)
        after = Held.by(server.process.pid)
        log = waiting_log(shop.path)
        done.hold("it ends well", held=server.stop() == 0)
    done.wrong += before.leaked(after)
    grown = after.rss / before.rss
    done.hold(f"the memory is {grown:.2f} times as much", held=grown < MOST_GROWN)
    done.hold(f"the WAL has {log:,} bytes", held=log <= LARGEST_LOG)
    told = statuses(crowd)
    done.wrong += [*audit(shop.path, Log()), *compare(shop.path, crowd.folder)]
    done.figure = (
        f"{told.total():,} requests, {faults} faults of each kind; {before.since(after)}, "
        f"memory {before.rss / 1024:.0f} then {after.rss / 1024:.0f} MB, WAL {log / 1e6:.1f} MB"
    )
    return done
