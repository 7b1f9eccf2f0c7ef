"""C6: another program holds the lock, and then looks for a long time at one moment."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import quantiles
from threading import Thread

import httpx

from tests import shops
from tests.faults.clients import Crowd, till
from tests.faults.shop import Shop, fresh, looking, waiting_log
from tests.faults.trial import Outcome, Setup
from tests.faults.trials.recovery import GOODS, RECOVERS, SKUS, recovers, statuses
from tests.server import Server

READ = 0.05  # seconds within which somebody reads, 99 times of 100
LARGEST_LOG = 64 << 20  # bytes


class Reader(Thread):
    """Somebody who looks at a shelf and at whether the server lives, all the time."""

    def __init__(self, shop: Shop, server: Server) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.failed = 0
        self._line = till(shop, server.url)
        self._is_over = False

    def run(self) -> None:
        with self._line as line:
            while not self._is_over:
                for address in (f"/v1/inventory/{SKUS[0]}", "/healthz"):
                    began = time.monotonic()
                    try:
                        self.failed += line.get(address).status_code != 200
                    except httpx.HTTPError:
                        self.failed += 1
                    self.seconds.append(time.monotonic() - began)
                time.sleep(0.02)

    def end(self) -> float:
        """The time within which 99 of 100 reads were answered."""
        self._is_over = True
        self.join()
        return quantiles(self.seconds, n=100)[98]


def foreign_lock(setup: Setup) -> Outcome:
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    held, looked = setup.pick(6, 10, 10), setup.pick(2, 5, 60)
    done = Outcome(held, "")
    with setup.server(shop.path) as server:

        def working(seconds: float, meanwhile: Callable[[], None]) -> None:
            load = Thread(target=lambda: asyncio.run(crowd.work(server.url, seconds=seconds)))
            load.start()
            meanwhile()
            load.join()

        def hold_the_lock() -> None:
            time.sleep(1)
            with shops.locked(shop.path):
                reader = Reader(shop, server)
                reader.start()
                time.sleep(held)
                slow = reader.end()
            waits.append(recovers(shop, server))
            done.hold(f"{reader.failed} reads failed", held=reader.failed == 0)
            setup.expect(f"a read takes {slow * 1000:.0f} ms", slow, READ)
            done.figure = f"reads p99 {slow * 1000:.0f} ms"

        def look() -> None:
            with looking(shop.path) as ask:
                ask("SELECT count(*) FROM stock_event")
                for _ in range(3):
                    time.sleep(looked / 3)
                    grown.append((waiting_log(shop.path), len(crowd.placed)))

        waits: list[float] = []
        grown: list[tuple[int, int]] = []  # bytes of the log, and orders
        working(held + 2, hold_the_lock)
        working(looked + 1, look)
        asyncio.run(crowd.ask_again(server.url))
        asyncio.run(crowd.work(server.url, seconds=3))  # a checkpoint or two
        log = waiting_log(shop.path)
        done.hold("it ends well", held=server.stop() == 0)
    told = statuses(crowd)
    done.hold("the lock was felt", held=told[503] > 0)
    setup.expect("it recovers", waits[0], RECOVERS)
    done.hold(f"the WAL stays at {log:,} bytes", held=log <= LARGEST_LOG)
    done.wrong += crowd.wrong()
    done.figure += (
        f" beside a lock of {held} s, {told[503]} answered 503, sells again after {waits[0]:.2f} s"
    )
    if shops.IS_SQLITE:
        first, second = (_each(*both) for both in pairwise(grown))
        done.hold(f"an order takes {first:,.0f}, then {second:,.0f} bytes", held=second < 2 * first)
        done.figure += (
            f"; beside a look of {looked} s the WAL has no bound, as SQLite cannot begin it anew: "
            f"{grown[-1][0] / 1e6:.0f} MB, {first / 1e3:.0f} KB an order and then "
            f"{second / 1e3:.0f}; {log / 1e6:.0f} MB after it"
        )
    return done


def _each(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Bytes of the log for each order."""
    return (after[0] - before[0]) / max(1, after[1] - before[1])
