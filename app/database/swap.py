"""Putting one database in the place of another: at any moment there is the old one or the new."""

import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from app import clock
from app.database.backup import journal, shm, sync, wal
from app.database.readers import LOCKED

REPLACED = ".replaced-"
PARTS = (Path, wal, journal)  # where a database is, and what may belong to it


class InUse(Exception):
    """Another program has the database open."""


def swap(new: Path, database: Path) -> Path | None:
    """Let ``new`` take the name of the database, in one step. Returns what the old one is called.

    A WAL belongs to its database, and to no other: left beside the new one it would destroy it. So
    it is moved into the old one first. Where that is too broken, its WAL is kept beside it.
    """
    aside = None
    if database.exists():
        settle(database)
        forget_twin(database)
        aside = _free_name(database)
        _keep(database, aside)
    for leftover in (wal(database), shm(database), journal(database)):
        leftover.unlink(missing_ok=True)
    new.replace(database)
    sync(database.parent)
    return aside


def forget_twin(database: Path) -> None:
    """Take away the second name that a swap left which was killed: it is no copy of the shop."""
    if database.stat().st_nlink == 1:
        return
    for path in database.parent.iterdir():
        is_ours = path.name.startswith(f"{database.name}{REPLACED}")
        if is_ours and path.samefile(database) and not wal(path).exists():
            path.unlink()


def settle(database: Path) -> None:
    """Move what is in the WAL into the file, and the WAL away; raise InUse if somebody reads it."""
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if str(error) != LOCKED:
            raise
        raise InUse from None
    except sqlite3.DatabaseError:
        pass  # it is broken: to be replaced, and kept as it is


def is_wal_lost(database: Path) -> bool:
    """Whether what was committed last is gone: the WAL is, and it was not all in the file yet.

    SQLite deletes both files when it has moved everything. A program that is killed leaves both.
    The second says how many pages the WAL has (at 16), and how many were moved (at 96).
    """
    log, index = wal(database), shm(database)
    if not index.exists() or (log.exists() and log.stat().st_size):
        return False
    header = index.read_bytes()[:100]
    pages, moved = (int.from_bytes(header[at : at + 4], sys.byteorder) for at in (16, 96))
    return pages > moved


def _free_name(database: Path) -> Path:
    at = clock.now()
    while True:
        path = database.with_name(f"{database.name}{REPLACED}{at:%Y%m%d-%H%M%S}")
        if not any(part(path).exists() for part in PARTS):
            return path
        at += timedelta(seconds=1)


def _keep(database: Path, aside: Path) -> None:
    """Give it another name, and what belongs to it: both, or neither."""
    made: list[Path] = []
    try:
        for part in PARTS:
            if part(database).exists():
                made.append(part(aside))
                _link(part(database), made[-1])
        sync(aside.parent)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _link(path: Path, to: Path) -> None:
    """A second name takes no room. Where the disk knows none, a copy does."""
    try:
        to.hardlink_to(path)
    except OSError:
        to.touch(mode=0o600, exist_ok=False)
        shutil.copyfile(path, to)
        sync(to)
