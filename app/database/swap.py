"""Putting one database in the place of another: at any moment there is the old one or the new."""

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app.database.backup import journal, shm, sync, wal
from app.database.readers import LOCKED


class InUse(Exception):
    """Another program has the database open."""


def swap(new: Path, database: Path, aside: Path) -> None:
    """Keep a copy of the database ``aside``, then let ``new`` take its name, in one step.

    A WAL belongs to its database, and to no other: left beside the new one it would destroy it. So
    it is moved into the old one first. Where that is too broken, its WAL is kept beside its copy.
    """
    if database.exists():
        settle(database)
        _copy(database, aside)
        if wal(database).exists():
            _copy(wal(database), wal(aside))
    sync(aside.parent)
    for leftover in (wal(database), shm(database), journal(database)):
        leftover.unlink(missing_ok=True)
    new.replace(database)
    sync(database.parent)


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


def _copy(path: Path, to: Path) -> None:
    to.touch(mode=0o600)
    shutil.copyfile(path, to)
    sync(to)


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
