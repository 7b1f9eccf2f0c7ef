"""A table of the tests' own, written by actions and read by somebody outside."""

import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from app.database import DB
from app.database.sqlite import SQLiteEngine


async def table() -> None:
    await DB.run(
        DB.fetch,
        "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL, "
        "about INTEGER REFERENCES note DEFERRABLE INITIALLY DEFERRED)",
    )


def engine() -> SQLiteEngine:
    """The database, where it is known to be a file."""
    assert isinstance(DB, SQLiteEngine)
    return DB


def writer() -> sqlite3.Connection:
    """The connection that writes."""
    writing = engine()._writer
    assert writing
    return writing._connection


async def write(text: str) -> str:
    """The body of an action: write one note."""
    await DB.fetch("INSERT INTO note (text) VALUES (?)", [text])
    return text


async def write_and_break(text: str) -> None:
    await write(text)
    raise ValueError(text)


def outside(path: Path) -> list[str]:
    """What another program sees."""
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY id")]


def is_free(path: Path) -> bool:
    """Whether another program can have the write lock at once."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


class Held(NamedTuple):
    """What this process holds of the machine."""

    threads: int
    files: int

    @classmethod
    def now(cls) -> "Held":
        return cls(threading.active_count(), len(os.listdir("/proc/self/fd")))  # noqa: PTH208

    def has_leaked(self) -> bool:
        """Since then, more than the threads that start at their first use and what they open."""
        threads, files = Held.now()
        return threads > self.threads + 3 or files > self.files + 6


@contextmanager
def files_cannot_grow(path: Path) -> Iterator[None]:
    """Every write behind the end of the WAL fails, as it would on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{path}-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
