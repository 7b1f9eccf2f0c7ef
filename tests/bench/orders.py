"""Orders from many sides at once, beside two yardsticks on the same core in the same minutes."""

import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from statistics import median

import msgspec

from tests.bench import disk, processes
from tests.bench.load import Round, closed, paced
from tests.bench.report import ms
from tests.bench.same_sql import Figures
from tests.bench.served import BARE, Served, target_of
from tests.bench.session import Session
from tests.server import ROOT, Server, environment

CONNECTIONS = (1, 16, 64)
MOST_RATE = 6_000  # orders a second that no server here reaches; so many are written beforehand
PACE = 100.0  # orders a second of the open loop
WAL_PAGES = (1_000, 8_000)  # SQLite's own setting; and as long as the server lets it grow


class SameSql:
    """The yardstick ``same_sql``: a process that sells for as long as it is told."""

    def __init__(self, shop: Path, wal_pages: int) -> None:
        with processes.on_core(processes.SERVER):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.same_sql", str(shop), str(wal_pages)],
                env=environment(shop),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )

    def sell_for(self, seconds: float) -> Round:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        figures = msgspec.json.decode(self._process.stdout.readline(), type=Figures)
        statuses = Counter({201: len(figures.latencies)})
        return Round(figures.seconds, figures.cpu, figures.latencies, statuses)

    def stop(self) -> None:
        self._process.communicate()


@contextmanager
def yardsticks(shop: Served, folder: Path) -> Iterator[list[SameSql]]:
    """The same SQL at copies of this shop as it is now."""
    shop.stop()
    copies = [folder / f"yardstick-{pages}.sqlite" for pages in WAL_PAGES]
    for copy in copies:
        shutil.copy(shop.path, copy)
    shop.start()
    same_sql = [SameSql(copy, pages) for copy, pages in zip(copies, WAL_PAGES, strict=True)]
    try:
        yield same_sql
    finally:
        for yardstick in same_sql:
            yardstick.stop()


async def measure(session: Session) -> None:
    with processes.on_core(processes.SERVER):
        bare = Server(session.folder / "bare.sqlite", program=BARE)
    try:
        for size, shop in session.shops.items():
            with yardsticks(shop, session.folder) as same_sql:
                await _measure(session, size, shop, bare, same_sql)
    finally:
        bare.kill()


async def _measure(
    session: Session, size: int, shop: Served, bare: Server, same_sql: Sequence[SameSql]
) -> None:
    report, seconds = session.report, session.seconds
    rounds: dict[str, list[Round]] = defaultdict(list)
    most = int(MOST_RATE * seconds)
    for yardstick in same_sql:  # a second of each to warm up
        yardstick.sell_for(min(1.0, seconds))
    shop.note(await closed(shop.target, 16, shop.orders(most), min(1.0, seconds)))
    for _ in range(session.rounds):
        any_order = repeat(shop.order((shop.skus[0], 1), (shop.skus[1], 2)))
        rounds["bare"].append(await closed(target_of(bare), 16, any_order, seconds))
        for connections in CONNECTIONS:
            orders = shop.orders(most)
            this = await closed(shop.target, connections, orders, seconds)
            rounds[str(connections)].append(shop.note(this))
            if connections == 16:
                for yardstick, pages in zip(same_sql, WAL_PAGES, strict=True):
                    rounds[f"wal {pages}"].append(yardstick.sell_for(seconds))
    each = int(PACE * seconds)
    for _ in range(session.rounds):
        rounds["disk"].append(disk.paced(session.folder, each, PACE))
        rounds["paced"].append(shop.note(await paced(shop.target, 64, shop.orders(each), PACE)))

    report.part(f"Orders of two lines, {size:,} products")
    report.row("yardstick: bare uvicorn, 16 connections", rounds["bare"])
    report.row("yardstick: same SQL, no HTTP", rounds["wal 1000"])
    report.row("yardstick: same SQL, WAL of 32 MB", rounds["wal 8000"])
    for connections in CONNECTIONS:
        ours = rounds[str(connections)]
        sql, long_wal, http = (_ratio(ours, rounds[y]) for y in ("wal 1000", "wal 8000", "bare"))
        note = f"{sql:.2f} of same SQL ({long_wal:.2f} with the long WAL), {http:.2f} of bare"
        many = "connections" if connections > 1 else "connection"
        report.row(f"{connections} {many}", ours, note=note)
    note = "one page written and waited for"
    report.row(f"yardstick: the disk, {PACE:.0f} a second", rounds["disk"], note=note)
    report.row(f"{PACE:.0f} a second, however slow", rounds["paced"])

    what = f"orders, 16 connections, {size:,} products"
    ratio = _ratio(rounds["16"], rounds["wal 1000"])
    report.bound(f"{what}: ratio to same SQL", ratio, lambda v: v >= 1, ">= 1")
    report.bound(f"{what}: p99", ms(rounds["16"], 0.99), lambda v: v < 15, "< 15 ms")


def _ratio(rounds: Sequence[Round], yardstick: Sequence[Round]) -> float:
    """How many times as fast: the median of rounds that were measured one after the other."""
    return median(ours.rate / theirs.rate for ours, theirs in zip(rounds, yardstick, strict=True))
