"""C11: PostgreSQL is stopped for a while; the disk that it is on is full."""

import asyncio
import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from app.settings import settings
from tests import postgres, shops
from tests.faults.clients import Crowd, till
from tests.faults.history import Result, read
from tests.faults.shop import fresh
from tests.faults.trial import Outcome, Setup, Skipped
from tests.faults.trials.disk import fill, small_disk
from tests.faults.trials.recovery import GOODS, RECOVERS, SKUS, judged, recovers
from tests.faults.trials.servers import BACK, until_ready

ANSWERED = 10.0  # seconds within which everybody is told that it cannot be done now
SMALL = 384  # megabytes, of which an empty database and its WAL take half


class Theirs:
    """The database server of the tests."""

    def __init__(self) -> None:
        if not postgres.is_ours():
            raise Skipped("the database server is not one of the tests' own")
        self._folder = Path(os.environ["PGDATA"])
        _, _, _, *self._options = shlex.split((self._folder / "postmaster.opts").read_text())

    def start(self) -> None:
        self._run("start", "-l", f"{self._folder}/log", "-o", shlex.join(self._options))

    def stop(self) -> None:
        self._run("stop", "-m", "fast")

    def _run(self, *how: str) -> None:
        subprocess.run(
            [postgres.programs() / "pg_ctl", "-w", "-D", self._folder, *how],
            user="postgres" if os.geteuid() == 0 else None,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )


def database_stops(setup: Setup) -> Outcome:
    """It is away for a minute while everybody works."""
    theirs = Theirs()
    shop = fresh(setup.folder, GOODS)
    crowd = Crowd(shop, 12, SKUS, setup.seed)
    away = setup.pick(3, 8, 60)
    done = Outcome(away, "")
    ready: set[int] = set()
    pauses: list[float] = []

    def stop(line: httpx.Client) -> None:
        theirs.stop()
        until = time.monotonic() + away
        while time.monotonic() < until:
            time.sleep(1)
            ready.add(line.get("/readyz").status_code)
        theirs.start()
        pauses.append(until_ready(line))

    with setup.server(shop.path) as server, till(shop, server.url) as line:
        asyncio.run(crowd.work(server.url, seconds=1, end=lambda: stop(line)))
        unknown = crowd.count(Result.UNKNOWN)
        asyncio.run(crowd.ask_again(server.url))
        done.hold("it ends well", held=server.stop() == 0)
    longest = max(attempt.seconds for attempt in read(crowd.folder))
    done.wrong += crowd.wrong()
    done.hold("it was felt", held=unknown > 0)
    done.hold(f"/readyz is {ready} meanwhile", held=ready == {503})
    setup.expect(f"an answer takes {longest:.1f} s", longest, ANSWERED)
    setup.expect("it is ready again soon", pauses[0], BACK)
    lost = sum("is lost" in what for what in done.wrong)
    done.figure = (
        f"away for {away} s; {crowd.count(Result.OK):,} acknowledged, {lost} lost; everybody "
        f"answered within {longest:.1f} s; /readyz 503; ready again after {pauses[0]:.2f} s"
    )
    return done


@contextmanager
def on_a_small_disk() -> Iterator[tuple[postgres.Cluster, Path]]:
    """Another server at the address of the tests' own, and the disk that it has for itself."""
    theirs = Theirs()
    with tempfile.TemporaryDirectory(prefix="onhand-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with small_disk(folder / "disk", SMALL) as disk:
            theirs.stop()
            port = urlsplit(settings.database).port
            cluster = postgres.Cluster(disk, port=f"{port}", wal_keep_size="0")
            try:
                yield cluster, disk
            finally:
                cluster.stop("immediate")
                theirs.start()


def disk_full(setup: Setup) -> Outcome:
    """Data and WAL lie on one disk; without room for WAL PostgreSQL ends, and is started anew."""
    done = Outcome(rounds := setup.pick(1, 2, 5), "")
    waits = []
    with on_a_small_disk() as (cluster, disk):
        shop = fresh(setup.folder, GOODS)
        crowd = Crowd(shop, 8, SKUS, setup.seed)
        ballast = disk / "ballast"

        def fill_up() -> None:
            fill(ballast)
            with suppress(Exception):
                shops.server("SELECT pg_switch_wal()")
            time.sleep(setup.pick(4, 6, 10))

        with setup.server(shop.path) as server:
            for _ in range(rounds):
                asyncio.run(crowd.work(server.url, seconds=1, end=fill_up))
                ballast.unlink()
                if not _is_there():
                    cluster.start()
                waits.append(recovers(shop, server))
                asyncio.run(crowd.ask_again(server.url))
            done.hold("it ends well", held=server.stop() == 0)
        done.wrong += crowd.wrong()
    return judged(setup, done, crowd, waits)


def _is_there() -> bool:
    """It may be coming back by itself."""
    until = time.monotonic() + RECOVERS
    while time.monotonic() < until:
        with suppress(Exception):
            shops.server("SELECT 1")
            return True
        time.sleep(0.1)
    return False
