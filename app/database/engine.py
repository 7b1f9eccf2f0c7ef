"""Piccolo's engine for SQLite: one writer that commits in groups, and readers beside it.

An action is a coroutine function that awaits nothing but queries. It runs in one go on the event
loop, so nothing can come between its check and its change, and no cancellation can cut it in half.
Only what waits for the disk or for another program is waited for: COMMIT on a thread of its own,
BEGIN by asking again. Everybody who arrives while one COMMIT is on its way shares the next one.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle
from time import monotonic
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from piccolo.engine.exceptions import TransactionError
from piccolo.engine.sqlite import SQLiteEngine as PiccoloSQLiteEngine
from piccolo.querystring import QueryString

from app.database.checkpoints import SAFE_VERSION, Checkpointer

# Piccolo's converter takes every integer through Decimal; SQLite returns int already.
sqlite3.converters.pop("INTEGER", None)

T = TypeVar("T")
Row = tuple[Any, ...]

LARGEST_GROUP = 64  # actions in one COMMIT: about 6 ms of the event loop
PATIENCE = 5.0  # seconds to wait for another program's write lock
QUICK_READ = 0.002  # seconds a read may take in place, before it moves to a thread
LONGEST_READ = 5.0  # seconds until a read is given up
LONGEST_SCAN = 600.0  # seconds until an audit is
READERS = 2  # threads for reads that are not quick

LOCKED = "database is locked"

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an answered order survives a power cut
    "foreign_keys": "ON",
    "recursive_triggers": "ON",  # else INSERT OR REPLACE slips past the append-only triggers
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "mmap_size": 0,
    "cache_size": -32_000,  # KiB
    "journal_size_limit": 1 << 26,
}


class Job(NamedTuple):
    """One action that waits for its turn, and who waits for its outcome."""

    action: Callable[[], Coroutine[Any, Any, Any]]
    outcome: "asyncio.Future[Any]"


class Reader:
    """A connection that only reads, and stops at its deadline."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.deadline = 0.0
        connection.execute("PRAGMA query_only = 1")
        connection.set_progress_handler(lambda: monotonic() > self.deadline, 1000)

    def fetch(self, sql: str, args: Sequence[Any], seconds: float) -> sqlite3.Cursor:
        self.deadline = monotonic() + seconds
        return self.connection.execute(sql, args)


class SQLiteEngine(PiccoloSQLiteEngine):
    """One SQLite file. ``open`` it first; then ``run`` actions, and await queries anywhere."""

    def __init__(self, path: str) -> None:
        self.on_commit: list[Callable[[], None]] = []
        self._writer: sqlite3.Connection | None = None
        self._checkpointer: Checkpointer | None = None
        self._jobs: deque[Job] = deque()
        self._flusher: asyncio.Task[None] | None = None
        self._acting = False
        super().__init__(path=path, check_same_thread=False, cached_statements=512)

    # Opening and closing

    async def open(self, *, checkpoints: bool = True) -> None:
        """Open the file, made if it is missing. Beside a running server: ``checkpoints=False``."""
        writer = self._connect()
        writer.execute("PRAGMA busy_timeout = 0")
        self._checkpointer = None
        if checkpoints and sqlite3.sqlite_version_info >= SAFE_VERSION:
            self._checkpointer = Checkpointer(self._connect())
        if self._checkpointer or not checkpoints:
            writer.execute("PRAGMA wal_autocheckpoint = 0")
        self._commit_thread = ThreadPoolExecutor(1, "commit")
        self._quick = Reader(self._connect())
        self._quick.connection.execute("PRAGMA busy_timeout = 0")
        self._readers = [(Reader(self._connect()), ThreadPoolExecutor(1)) for _ in range(READERS)]
        self._next_reader = cycle(self._readers)
        self._writer = writer

    async def close(self) -> None:
        """Finish what was begun, then close; the writer last, because the last one checkpoints."""
        if self._flusher:
            await self._flusher
        writer, self._writer = self._writer, None
        if writer is None:
            return
        for reader, thread in self._readers:
            await asyncio.to_thread(thread.shutdown)
            reader.connection.close()
        self._quick.connection.close()
        self._commit_thread.shutdown()
        if self._checkpointer:
            await self._checkpointer.close()
        writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(timeout=PATIENCE, **self.connection_kwargs)
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        return connection

    # Writing

    async def run(
        self, action: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kwargs: Any
    ) -> T:
        """Await ``action(*args, **kwargs)`` as one transaction; returns after its COMMIT.

        Inside another action it joins that one. If it raises, nothing of it is kept.
        """
        if self._acting:
            return await action(*args, **kwargs)
        if self._writer is None:
            raise TransactionError("the database is not open")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        self._jobs.append(Job(lambda: action(*args, **kwargs), outcome))
        if self._flusher is None:
            self._flusher = loop.create_task(self._flush(self._writer))
        return await outcome

    async def _flush(self, writer: sqlite3.Connection) -> None:
        """Run everything that waits, group by group, until nothing waits."""
        loop = asyncio.get_running_loop()
        while self._jobs:
            group: list[Job] = []
            results: list[Any] = []
            try:
                await self._begin(writer)
                is_alone = len(self._jobs) == 1
                while self._jobs and len(group) < LARGEST_GROUP:
                    group.append(self._jobs.popleft())
                    results.append(self._perform(writer, group[-1], is_alone=is_alone))
                if writer.in_transaction:
                    await loop.run_in_executor(self._commit_thread, writer.execute, "COMMIT")
            except BaseException as error:  # noqa: BLE001 - every waiter has to learn of it
                if writer.in_transaction:
                    with suppress(sqlite3.Error):
                        writer.execute("ROLLBACK")
                if not group:  # not even begun: nobody shall wait that long twice
                    group = list(self._jobs)
                    self._jobs.clear()
                results = [error] * len(group)
            for job, result in zip(group, results, strict=True):
                if job.outcome.done():
                    continue
                if isinstance(result, BaseException):
                    job.outcome.set_exception(result)
                else:
                    job.outcome.set_result(result)
            if self._checkpointer:
                self._checkpointer.after_commit()
            for listener in self.on_commit:
                loop.call_soon(listener)
        self._flusher = None

    async def _begin(self, writer: sqlite3.Connection) -> None:
        """Take the write lock; while another program holds it, ask again and let the loop live."""
        given_up = monotonic() + PATIENCE
        while True:
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if str(error) != LOCKED or monotonic() > given_up:
                    raise
                await asyncio.sleep(0.01)
            else:
                return

    def _perform(self, writer: sqlite3.Connection, job: Job, *, is_alone: bool) -> Any:
        """Run one action. Returns its result, or the error, with all that it did undone.

        In company it runs in a savepoint. Alone it needs none, which spares a large action, such as
        an import, the savepoint's copy of every page it touches.
        """
        if job.outcome.cancelled():  # the client left before it began
            return None
        if not is_alone:
            writer.execute("SAVEPOINT job")
        coroutine = job.action()
        self._acting = True
        result: Any
        try:
            coroutine.send(None)
            result = TransactionError("an action may only await database queries")
        except StopIteration as end:
            result = end.value
        except BaseException as error:
            if not (is_alone or writer.in_transaction):
                raise  # SQLite gave up the whole transaction: nobody's changes are left
            result = error
        finally:
            self._acting = False
            coroutine.close()
        if is_alone:
            if isinstance(result, BaseException) and writer.in_transaction:
                writer.execute("ROLLBACK")
        else:
            if isinstance(result, BaseException):
                writer.execute("ROLLBACK TO job")
            writer.execute("RELEASE job")
        return result

    # Reading

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement. Inside an action on the writer, else on a reader."""
        if self._acting and self._writer is not None:
            return self._writer.execute(sql, args).fetchall()
        return await self._read(lambda cursor: cursor.fetchall(), sql, args)

    async def scan(self, sql: str) -> list[Row]:
        """The rows of a statement that may take its time, on a thread."""
        reader, thread = next(self._next_reader)
        return await asyncio.get_running_loop().run_in_executor(
            thread, lambda: reader.fetch(sql, (), LONGEST_SCAN).fetchall()
        )

    async def _read(self, shape: Callable[[sqlite3.Cursor], T], sql: str, args: Sequence[Any]) -> T:
        """In place, because most reads are far shorter than a thread hop; else on a thread."""
        if self._writer is None:
            raise TransactionError("the database is not open")
        try:
            return shape(self._quick.fetch(sql, args, QUICK_READ))
        except sqlite3.OperationalError as error:
            if str(error) not in {"interrupted", LOCKED}:
                raise
        reader, thread = next(self._next_reader)
        return await asyncio.get_running_loop().run_in_executor(
            thread, lambda: shape(reader.fetch(sql, args, LONGEST_READ))
        )

    # What Piccolo asks of an engine

    async def run_querystring(
        self, querystring: QueryString, in_pool: bool = False
    ) -> list[dict[str, Any]]:
        return await self._dicts(*querystring.compile_string(self.engine_type))

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        return await self._dicts(ddl, ())

    async def _dicts(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        if self._acting and self._writer is not None:
            return _as_dicts(self._writer.execute(sql, args))
        return await self._read(_as_dicts, sql, args)

    def transaction(self, *_: Any, **__: Any) -> "Joined":  # type: ignore[override]
        """What migrations ask for. An action is the only transaction, so this joins it."""
        if not self._acting:
            raise TransactionError("a transaction is an action: use DB.run")
        return Joined()


class Joined:
    """The transaction of the action around it, as Piccolo wants to see one."""

    async def __aenter__(self) -> "Joined":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        return False


def _as_dicts(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
