"""C2: the server dies at every call by which one order writes; and every COMMIT waits for the disk.

kill -9 cannot find a missing fsync, because the system keeps what was written; counting them can.
"""

import re
import subprocess
import time
from collections import Counter

import httpx

from tests.faults.auditor import Log, audit
from tests.faults.clients import till
from tests.faults.history import History, Wish
from tests.faults.shop import Shop, fresh
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup, need
from tests.faults.trials.strace import SYNCS, WRITES, Point, found, traced
from tests.server import Server

SETTLES = 1.4  # seconds until a checkpoint has followed a commit


class Seller:
    """Sells one at a time, and writes down what it is told."""

    def __init__(self, shop: Shop) -> None:
        self.folder = shop.path.parent / "histories"
        self._shop = shop
        self._history = History(self.folder, "seller")
        self._sold = 0

    def sells(self) -> Wish:
        self._sold += 1
        key = f"order-{self._sold}"
        body = {
            "lines": [{"sku": "MUG", "quantity": 2}, {"sku": "BOWL", "quantity": 1}],
            "reference": key,
        }
        return Wish(key, "sell", "/v1/orders", body)

    def ask(self, server: Server, wish: Wish) -> int:
        headers = {"Idempotency-Key": wish.key}
        made = wish.status = 0
        try:
            with till(self._shop, server.url) as line:
                answer = line.post(wish.path, json=wish.body, headers=headers)
            wish.status, made = answer.status_code, answer.json()["id"]
        except httpx.HTTPError:
            pass
        self._history.note(wish, 0, 0, made)
        return wish.status


def points(setup: Setup, shop: Shop, seller: Seller) -> list[Point]:
    """Every call by which one order writes, until a checkpoint has followed it."""
    file = setup.folder / "trace"
    how = ("-o", f"{file}", "-e", f"trace={WRITES}")
    with setup.server(shop.path) as server:
        seller.ask(server, seller.sells())
        time.sleep(SETTLES)
        with traced(server, *how):
            seller.ask(server, seller.sells())
        calls = list(found(file))
        with traced(server, *how):
            time.sleep(SETTLES)
        calls += found(file, is_later=True)
    return calls


def every_call(setup: Setup) -> Outcome:
    """One order is killed at each of its writes; asked for once more, it is there once."""
    need("strace")
    shop = fresh(setup.folder, {"MUG": 1_000_000, "BOWL": 1_000_000})
    seller = Seller(shop)
    log = Log()
    calls = points(setup, shop, seller)[:: setup.pick(5, 4, 1)]
    done = Outcome(len(calls), "")
    hit: Counter[str] = Counter()
    wish = seller.sells()
    for point in [*calls, None]:
        with setup.server(shop.path) as server:
            done.hold(f"{wish.key} is there at last", held=seller.ask(server, wish) == 201)
            done.wrong += [f"{point}: {what}" for what in audit(shop.path, log)]
            if point:
                time.sleep(SETTLES)
                wish = seller.sells()
                hit[point.call] += _dies(server, seller, wish, point)
    done.wrong += compare(shop.path, seller.folder)
    done.hold(f"{hit.total()} of {len(calls)} were hit", held=hit.total() >= 0.9 * len(calls))
    said = ", ".join(f"{call} {count}" for call, count in hit.most_common())
    done.figure = f"killed at {hit.total()} of {len(calls)} calls ({said})"
    return done


def _dies(server: Server, seller: Seller, wish: Wish, point: Point) -> bool:
    """Something is sold, and the server is killed at the point."""
    if point.is_later:
        seller.ask(server, wish)
    with traced(server, *point.kill):
        if not point.is_later:
            seller.ask(server, wish)
        try:
            server.process.wait(SETTLES * 2)
        except subprocess.TimeoutExpired:
            return False
    return True


def syncs(setup: Setup) -> Outcome:
    """One order after the other: each waits for the disk at least once."""
    need("strace")
    shop = fresh(setup.folder, {"MUG": 1_000_000, "BOWL": 1_000_000})
    seller = Seller(shop)
    file = setup.folder / "syncs"
    orders = setup.pick(20, 50, 100)
    with setup.server(shop.path) as server:
        seller.ask(server, seller.sells())
        with traced(server, "-o", f"{file}", "-e", f"trace={SYNCS}"):
            sold = sum(seller.ask(server, seller.sells()) == 201 for _ in range(orders))
    synced = len(re.findall(r"(?:fsync|fdatasync)\(", file.read_text()))
    done = Outcome(orders, f"{synced} syncs for {sold} orders, one after the other")
    done.hold(done.figure, held=synced >= sold == orders)
    done.wrong += [*audit(shop.path), *compare(shop.path, seller.folder)]
    return done
