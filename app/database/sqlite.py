"""Piccolo's engine for SQLite: one writer that commits in groups, and readers beside it."""

import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from piccolo.engine.exceptions import TransactionError
from piccolo.engine.sqlite import SQLiteEngine as PiccoloEngine

from app.database.checkpoints import SAFE_VERSION, Checkpointer
from app.database.engine import Database, Row
from app.database.readers import Readers
from app.database.writer import PATIENCE, Writer

# Piccolo's converter takes every integer through Decimal; SQLite returns int already.
sqlite3.converters.pop("INTEGER", None)

T = TypeVar("T")

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
PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


class SQLiteEngine(Database, PiccoloEngine):  # type: ignore[misc]  # ours is simpler
    """A shop in one file, made when it is opened for the first time."""

    is_file = True
    errors = (sqlite3.DatabaseError,)

    def __init__(self, path: str) -> None:
        Database.__init__(self)
        self._writer: Writer | None = None
        PiccoloEngine.__init__(self, path=path, check_same_thread=False, cached_statements=512)

    @property
    def shop(self) -> str:
        return str(self.path)

    @shop.setter
    def shop(self, path: str | Path) -> None:
        self.path = str(path)

    # Opening and closing

    async def open(self, *, checkpoints: bool = True) -> None:
        writer = self._connect()
        checkpointer = None
        if checkpoints and sqlite3.sqlite_version_info >= SAFE_VERSION:
            checkpointer = Checkpointer(self._connect())
        if checkpointer or not checkpoints:
            writer.execute("PRAGMA wal_autocheckpoint = 0")
        self._readers = Readers(self._connect)
        self._writer = Writer(writer, checkpointer, self.on_commit)

    async def warm(self) -> None:
        """It has: every connection is made when it is opened."""

    async def close(self) -> None:
        """The writer last, because the last one checkpoints."""
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
        if self.is_acting:
            return await action(*args, **kwargs)
        return await self._check_open().run(lambda: action(*args, **kwargs))

    @property
    def notes(self) -> dict[str, Any]:
        if not self.is_acting:
            raise TransactionError("only an action keeps notes")
        return self._check_open().notes

    async def turn(self, *at: object) -> None:
        """It is: there is one writer."""

    async def take_time(self) -> None:
        """It may: nobody looks at a clock here."""

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        return await self._fetch(sqlite3.Cursor.fetchall, sql, args)

    async def _fetch(
        self, shape: Callable[[sqlite3.Cursor], list[T]], sql: str, args: Sequence[Any]
    ) -> list[T]:
        """Inside an action on the writer, else on a reader."""
        writer = self._writer
        if writer and writer.acting:
            return shape(writer.acting.execute(sql, args))
        self._check_open()
        return await self._readers.read(shape, sql, args)

    async def scan(self, sql: str) -> list[Row]:
        """On a thread of its own."""
        self._check_open()
        return await self._readers.scan(sql)

    def is_passing(self, error: BaseException) -> bool:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in PASSING

    @property
    def is_acting(self) -> bool:
        return self._writer is not None and self._writer.acting is not None

    def _check_open(self) -> Writer:
        if self._writer is None or not self._writer.is_open:
            raise TransactionError("the database is not open")
        return self._writer

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        return await self._fetch_dicts(ddl, ())

    async def _fetch_dicts(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        return await self._fetch(_as_dicts, sql, args)


def _as_dicts(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
