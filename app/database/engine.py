"""Piccolo's engine for SQLite: one writer that commits in groups, and readers beside it."""

import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, TypeVar

from piccolo.engine.exceptions import TransactionError
from piccolo.engine.sqlite import SQLiteEngine as PiccoloSQLiteEngine
from piccolo.querystring import QueryString

from app.database.checkpoints import SAFE_VERSION, Checkpointer
from app.database.readers import Readers
from app.database.writer import PATIENCE, Writer

# Piccolo's converter takes every integer through Decimal; SQLite returns int already.
sqlite3.converters.pop("INTEGER", None)

T = TypeVar("T")
Row = tuple[Any, ...]

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


class SQLiteEngine(PiccoloSQLiteEngine):
    """One SQLite file. ``open`` it first; then ``run`` actions, and await queries anywhere.

    What is in ``on_commit`` is called after every COMMIT.
    """

    def __init__(self, path: str) -> None:
        self.on_commit: list[Callable[[], None]] = []
        self._writer: Writer | None = None
        super().__init__(path=path, check_same_thread=False, cached_statements=512)

    # Opening and closing

    async def open(self, *, checkpoints: bool = True) -> None:
        """Open the file, made if it is missing. Beside a running server: ``checkpoints=False``."""
        writer = self._connect()
        checkpointer = None
        if checkpoints and sqlite3.sqlite_version_info >= SAFE_VERSION:
            checkpointer = Checkpointer(self._connect())
        if checkpointer or not checkpoints:
            writer.execute("PRAGMA wal_autocheckpoint = 0")
        self._readers = Readers(self._connect)
        self._writer = Writer(writer, checkpointer, self.on_commit)

    async def close(self) -> None:
        """Finish what was begun, then close; the writer last, because the last one checkpoints."""
        if self._writer is None or not self._writer.is_open:
            return
        await self._writer.finish()
        await self._readers.close()
        await self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(timeout=PATIENCE, **self.connection_kwargs)
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        return connection

    # Writing and reading

    async def run(
        self, action: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kwargs: Any
    ) -> T:
        """Await ``action(*args, **kwargs)`` as one transaction; returns after its COMMIT.

        Inside another action it joins that one. If it raises, nothing of it is kept.
        """
        if self._is_acting:
            return await action(*args, **kwargs)
        return await self._check_open().run(lambda: action(*args, **kwargs))

    @property
    def notes(self) -> dict[str, Any]:
        """What the action that runs keeps for itself; empty when it begins, gone when it ends."""
        if not self._is_acting:
            raise TransactionError("only an action keeps notes")
        return self._check_open().notes

    async def fetch(
        self,
        sql: str,
        args: Sequence[Any] = (),
        shape: Callable[[sqlite3.Cursor], list[Any]] = sqlite3.Cursor.fetchall,
    ) -> list[Any]:
        """The rows of one statement. Inside an action on the writer, else on a reader."""
        writer = self._writer
        if writer and writer.acting:
            return shape(writer.acting.execute(sql, args))
        self._check_open()
        return await self._readers.read(shape, sql, args)

    async def scan(self, sql: str) -> list[Row]:
        """The rows of a statement that may take its time, on a thread."""
        self._check_open()
        return await self._readers.scan(sql)

    @property
    def _is_acting(self) -> bool:
        return self._writer is not None and self._writer.acting is not None

    def _check_open(self) -> Writer:
        if self._writer is None or not self._writer.is_open:
            raise TransactionError("the database is not open")
        return self._writer

    # What Piccolo asks of an engine

    async def run_querystring(
        self, querystring: QueryString, in_pool: bool = False
    ) -> list[dict[str, Any]]:
        return await self.fetch(*querystring.compile_string(self.engine_type), shape=_as_dicts)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        return await self.fetch(ddl, shape=_as_dicts)

    def transaction(self, *_: Any, **__: Any) -> "Joined":  # type: ignore[override]
        """What migrations ask for. An action is the only transaction, so this joins it."""
        if not self._is_acting:
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
