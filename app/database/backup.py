"""Copies of a SQLite file: made while it is in use, and asked what they hold."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

OFTEN = 1_000_000  # steps of SQLite's machine, some 20 ms, after which a copy asks if it shall stop

Ask = Callable[[str], list[tuple[Any, ...]]]


class BadCopy(Exception):
    """A file is no sound copy of a shop; its text says why."""


def vacuum_into(database: Path, to: Path, stop: Event, *, is_live: bool = True) -> None:
    """Write all that is committed into ``to``, as one moment saw it, for its owner only."""
    to.touch(mode=0o600)
    try:
        with closing(_connected(database, stop, is_live=is_live)) as source:
            source.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.DatabaseError as error:
        raise BadCopy(f"{database} cannot be copied: {error}") from None


@contextmanager
def asking(path: Path, stop: Event, *, is_live: bool = False) -> Iterator[Ask]:
    """Ask a file in SQL, and change nothing. What cannot be read is a BadCopy."""
    try:
        with closing(_connected(path, stop, is_live=is_live)) as connection:
            yield lambda sql: connection.execute(sql).fetchall()
    except sqlite3.DatabaseError as error:
        raise BadCopy(f"{path}: {error}") from None


def remove(database: Path) -> None:
    """Remove a file, and what SQLite may have left beside it, which would harm the next one."""
    for path in (database, journal(database), wal(database), shm(database)):
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Return when the disk has what was written to a file, or to a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def wal(database: str | Path) -> Path:
    """The file beside a database with what was committed last."""
    return Path(f"{database}-wal")


def shm(database: str | Path) -> Path:
    """The file beside a database that says what is in its WAL."""
    return Path(f"{database}-shm")


def journal(database: str | Path) -> Path:
    """The file beside a database, not in WAL mode, with what has to be taken back."""
    return Path(f"{database}-journal")


def _connected(path: Path, stop: Event, *, is_live: bool = False) -> sqlite3.Connection:
    """Where nobody writes and there is no WAL none is made: a copy may lie on a disk of its own."""
    options = "mode=ro" if is_live or wal(path).exists() else "mode=ro&immutable=1"
    uri = f"file:{quote(str(path))}?{options}"
    connection = sqlite3.connect(uri, uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.set_progress_handler(stop.is_set, OFTEN)
    return connection
