"""Bugs in how the program uses SQLite."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep
from typing import Any

from app.database import DB, sqlite, writer
from app.database.sqlite import SQLiteEngine
from app.database.writer import Job, Writer
from tests.faults.careless.bugs import bug, put, when_serving

FSYNC = 0.25  # seconds that a COMMIT takes on the slow disk


class SlowDisk(ThreadPoolExecutor):
    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def slowly() -> Any:
            sleep(FSYNC)
            return function(*args, **kwargs)

        return super().submit(slowly)


@bug
def slow() -> None:
    """No bug: every COMMIT takes its time, so that honest and careless meet on the same disk."""
    honest = Writer.__init__

    def init(self: Writer, *args: Any) -> None:
        honest(self, *args)
        self._commit_thread = SlowDisk(1)

    put(Writer, __init__=init)


@bug
def early() -> None:
    """Whoever waits for an action is told of it before its COMMIT."""
    honest = Writer._perform

    def perform(self: Writer, job: Job, *, is_alone: bool) -> Any:
        result = honest(self, job, is_alone=is_alone)
        job.tell(result)
        return result

    def turn() -> None:
        put(Writer, _perform=perform)

    slow()
    when_serving(turn)


@bug
def torn() -> None:
    """What changes a level is committed before its entry in the log is written."""
    honest = SQLiteEngine._fetch

    async def fetch(self: SQLiteEngine, shape: Any, sql: str, args: Any) -> Any:
        acting = self._writer and self._writer.acting
        if acting and 'INSERT INTO "stock_event"' in sql:
            acting.execute("COMMIT")
            acting.execute("BEGIN IMMEDIATE")
        return await honest(self, shape, sql, args)

    def turn() -> None:
        honest_perform = Writer._perform

        def perform(self: Writer, job: Job, *, is_alone: bool) -> Any:
            return honest_perform(self, job, is_alone=True)

        writer.LARGEST_GROUP = 1
        put(Writer, _perform=perform)
        put(SQLiteEngine, _fetch=fetch)

    when_serving(turn)


@bug
def unsynced() -> None:
    """A COMMIT does not wait for the disk."""
    sqlite.PRAGMAS["synchronous"] = "NORMAL"


@bug
def in_place() -> None:
    """Everybody waits while one waits for the lock."""

    async def begin(self: Writer) -> None:
        self._connection.execute("PRAGMA busy_timeout = 5000")
        self._connection.execute("BEGIN IMMEDIATE")

    when_serving(lambda: put(Writer, _begin=begin))


@bug
def impatient() -> None:
    """No bug: a lock is waited for a hundredth of a second, so that it fails often."""
    writer.PATIENCE = 0.01


@bug
def leaks() -> None:
    """Whatever was opened for a transaction that failed stays open."""
    kept = []
    honest = Job.tell

    def tell(self: Job, result: Any) -> None:
        if isinstance(result, Exception):
            assert isinstance(DB, SQLiteEngine)
            kept.append(DB._connect())
        honest(self, result)

    put(Job, tell=tell)
