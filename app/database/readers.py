"""Connections that only read: one on the event loop for what is quick, others on threads."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from time import monotonic
from typing import Any, TypeVar

from app.database.apart import step_back

T = TypeVar("T")

QUICK_READ = 0.002  # seconds a read may take in place, before it moves to a thread
LONGEST_READ = 5.0  # seconds until a read is given up
LONGEST_SCAN = 600.0  # seconds until an audit is
THREADS = 2  # for reads that are not quick

LOCKED = "database is locked"


class Reader:
    """A connection that only reads, and stops at its deadline."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._deadline = 0.0
        self._is_over = False
        connection.execute("PRAGMA query_only = 1")
        connection.set_progress_handler(self._is_late, 1000)
        self.close = connection.close

    def give_up(self) -> None:
        """End what it is reading, and what it would read next."""
        self._is_over = True

    def fetch(self, sql: str, args: Sequence[Any], seconds: float) -> sqlite3.Cursor:
        self._deadline = monotonic() + seconds
        return self._connection.execute(sql, args)

    def _is_late(self) -> bool:
        return self._is_over or monotonic() > self._deadline


class Readers:
    """All that read beside the writer."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        quick = connect()
        quick.execute("PRAGMA busy_timeout = 0")
        self._quick = Reader(quick)
        self._threads = [(Reader(connect()), ThreadPoolExecutor(1)) for _ in range(THREADS)]
        self._next = cycle(self._threads)
        self._scanner = (Reader(connect()), ThreadPoolExecutor(1, initializer=step_back))

    async def read(self, shape: Callable[[sqlite3.Cursor], T], sql: str, args: Sequence[Any]) -> T:
        """In place, because most reads are far shorter than a thread hop; else on a thread."""
        try:
            return shape(self._quick.fetch(sql, args, QUICK_READ))
        except sqlite3.OperationalError as error:
            if str(error) not in {"interrupted", LOCKED}:
                raise
        return await _on_thread(next(self._next), shape, sql, args, LONGEST_READ)

    async def scan(self, sql: str) -> list[tuple[Any, ...]]:
        """What may take its time, on a thread of its own, so that no page stands behind it."""
        return await _on_thread(self._scanner, sqlite3.Cursor.fetchall, sql, (), LONGEST_SCAN)

    async def close(self) -> None:
        for reader, thread in [*self._threads, self._scanner]:
            reader.give_up()
            await asyncio.to_thread(thread.shutdown)
            reader.close()
        self._quick.close()


async def _on_thread(
    place: tuple[Reader, ThreadPoolExecutor],
    shape: Callable[[sqlite3.Cursor], T],
    sql: str,
    args: Sequence[Any],
    seconds: float,
) -> T:
    reader, thread = place
    return await asyncio.get_running_loop().run_in_executor(
        thread, lambda: shape(reader.fetch(sql, args, seconds))
    )
