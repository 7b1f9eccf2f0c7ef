"""C2: the server dies at every call by which one order writes; and every COMMIT waits for the disk.

kill -9 cannot find a missing fsync, because the system keeps what was written; counting them can.
"""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.faults.auditor import Log, audit
from tests.faults.history import History, Wish
from tests.faults.shop import Shop, fresh
from tests.faults.told import compare
from tests.faults.trial import Outcome, Setup, need
from tests.server import Server

WRITES = "pwrite64,pwritev,fsync,fdatasync,ftruncate,unlink,write,writev,sendto,sendmsg"
SYNCS = "fsync,fdatasync"
SETTLES = 1.4  # seconds until a checkpoint has followed a commit


class Point(NamedTuple):
    """The nth of one call in one thread, numbered as they were started."""

    thread: int
    call: str
    nth: int


class Till:
    """Sells one at a time, and writes down what it is told."""

    def __init__(self, shop: Shop) -> None:
        self.folder = shop.path.parent / "histories"
        self._shop = shop
        self._history = History(self.folder, "till")
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
        headers = {**self._shop.program(), "Idempotency-Key": wish.key}
        made = wish.status = 0
        try:
            answer = httpx.post(server.url + wish.path, json=wish.body, headers=headers, timeout=20)
            wish.status, made = answer.status_code, answer.json()["id"]
        except httpx.HTTPError:
            pass
        self._history.note(wish, 0, 0, made)
        return wish.status


def threads(server: Server) -> list[int]:
    return sorted(int(path.name) for path in Path(f"/proc/{server.process.pid}/task").iterdir())


@contextmanager
def traced(thread: int, *how: str) -> Iterator[None]:
    """strace is attached meanwhile."""
    with subprocess.Popen(
        ["strace", "-p", f"{thread}", *how], stderr=subprocess.PIPE, text=True
    ) as strace:
        assert strace.stderr
        assert "attached" in (said := strace.stderr.readline()), said
        try:
            yield
        finally:
            strace.terminate()


def points(setup: Setup, shop: Shop, till: Till) -> list[Point]:
    """Every call by which one order writes, until a checkpoint has followed it."""
    file = setup.folder / "trace"
    with setup.server(shop.path) as server:
        till.ask(server, till.sells())
        time.sleep(SETTLES)
        known = threads(server)
        with traced(server.process.pid, "-f", "-o", f"{file}", "-e", f"trace={WRITES}"):
            till.ask(server, till.sells())
            time.sleep(SETTLES)
    seen: Counter[tuple[int, str]] = Counter()
    found = []
    for thread, call in re.findall(r"^(\d+) +(\w+)\(", file.read_text(), re.MULTILINE):
        if int(thread) in known:
            seen[int(thread), call] += 1
            found.append(Point(known.index(int(thread)), call, seen[int(thread), call]))
    return found


def every_call(setup: Setup) -> Outcome:
    """One order is killed at each of its writes; asked for once more, it is there once."""
    need("strace")
    shop = fresh(setup.folder, {"MUG": 1_000_000, "BOWL": 1_000_000})
    till = Till(shop)
    log = Log()
    found = points(setup, shop, till)[:: setup.pick(5, 4, 1)]
    done = Outcome(len(found), "")
    hit: Counter[str] = Counter()
    wish = None
    for point in [*found, None]:
        with setup.server(shop.path) as server:
            again = wish or till.sells()
            done.hold(f"{again.key} is there at last", held=till.ask(server, again) == 201)
            done.wrong += [f"{point}: {what}" for what in audit(shop.path, log)]
            if point is None:
                break
            time.sleep(SETTLES)
            wish = till.sells()
            kill = f"inject={point.call}:signal=KILL:when={point.nth}"
            with traced(threads(server)[point.thread], "-e", f"trace={point.call}", "-e", kill):
                till.ask(server, wish)
                if _dies(server):
                    hit[point.call] += 1
    done.wrong += compare(shop.path, till.folder)
    done.hold(f"{hit.total()} of {len(found)} were hit", held=hit.total() >= 0.9 * len(found))
    said = ", ".join(f"{call} {count}" for call, count in hit.most_common())
    done.figure = f"killed at {hit.total()} of {len(found)} calls ({said})"
    return done


def _dies(server: Server) -> bool:
    try:
        server.process.wait(SETTLES * 2)
    except subprocess.TimeoutExpired:
        return False
    return True


def syncs(setup: Setup) -> Outcome:
    """One order after the other: each waits for the disk at least once."""
    need("strace")
    shop = fresh(setup.folder, {"MUG": 1_000_000, "BOWL": 1_000_000})
    till = Till(shop)
    file = setup.folder / "syncs"
    orders = setup.pick(20, 50, 100)
    with setup.server(shop.path) as server:
        till.ask(server, till.sells())
        with traced(server.process.pid, "-f", "-o", f"{file}", "-e", f"trace={SYNCS}"):
            sold = sum(till.ask(server, till.sells()) == 201 for _ in range(orders))
    synced = len(re.findall(r"(?:fsync|fdatasync)\(", file.read_text()))
    done = Outcome(orders, f"{synced} syncs for {sold} orders, one after the other")
    done.hold(done.figure, held=synced >= sold == orders)
    done.wrong += [*audit(shop.path), *compare(shop.path, till.folder)]
    return done
