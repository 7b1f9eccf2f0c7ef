"""Shops for tests: a file each; on PostgreSQL a database each, and a file that says where it is."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import count
from os import getpid
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from app.database.migrate import known
from app.settings import settings

IS_SQLITE = not settings.database.startswith("postgres")

# Every table as the migrations leave it, and every number from 1 again.
EMPTY = """
    DO $$ DECLARE name text; BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'migration' LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
            WHERE schemaname = 'public' AND sequencename <> 'migration_id_seq';
    END $$
"""

STEPS = "SELECT app_name || ' ' || name FROM migration"

# A number that a refusal took is given again, as on SQLite.
AGAIN = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables JOIN pg_sequences
                ON sequencename = tablename || '_id_seq' WHERE tablename <> 'migration' LOOP
            EXECUTE format(
                'SELECT setval(%L, coalesce((SELECT max(id) FROM %I), 0) + 1, false)',
                name || '_id_seq', name);
        END LOOP;
    END $$
"""

_numbers = count(1)
_first: set[Path] = set()
_emptied: list[str] = []  # databases that wait for the next test


def address(shop: Path) -> str:
    """What ``ONHAND_DATABASE`` is for this shop, which begins here if it has not yet."""
    if IS_SQLITE:
        return str(shop)
    if not shop.exists():
        begin(shop)
    return shop.read_text()


def begin(shop: Path) -> None:
    """An empty database for the first shop, which migrations will fill."""
    if not IS_SQLITE:
        _create(shop, "template0")
        _first.add(shop)


def copy(shop: Path, to: Path) -> Path:
    """A shop like the other one, in place of what was there. Nobody has either open."""
    if IS_SQLITE:
        shutil.copy(shop, to)
    elif shop in _first and _emptied and not to.exists():
        to.write_text(f"{_emptied.pop()}?application_name=test_{next(_numbers)}")
    else:
        _create(to, _name(shop))
    return to


def recycle(shop: Path) -> None:
    """A test is done with it. PostgreSQL takes its time to copy, so the next one gets it empty."""
    if not IS_SQLITE and {step for (step,) in rows(shop, STEPS)} == known():
        rows(shop, EMPTY)
        _emptied.append(shop.read_text().partition("?")[0])  # what is known is known by address


def number_again(shop: Path) -> None:
    """Of use to whoever foretells numbers."""
    if not IS_SQLITE:
        rows(shop, AGAIN)


def discard(shop: Path) -> None:
    """It is not needed any more."""
    if not IS_SQLITE and shop.exists():
        server(f"DROP DATABASE IF EXISTS {_name(shop)} WITH (FORCE)")


def marked(sql: str) -> str:
    """The places of values, which SQLite writes as question marks, as this database writes them."""
    if IS_SQLITE:
        return sql
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)


def rows(shop: Path, sql: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What another program reads there, or changes."""
    with beside(shop) as connection:
        return connection.rows(sql, args)


class Beside:
    """A connection of another program, which waits for its answers."""

    def __init__(self, shop: Path) -> None:
        if IS_SQLITE:
            self._sqlite = sqlite3.connect(shop, isolation_level=None)
        else:
            self._postgres = _answer(_connect(address(shop)))

    def rows(self, sql: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if IS_SQLITE:
            return self._sqlite.execute(sql, args).fetchall()
        return [tuple(row) for row in _answer(self._postgres.fetch(marked(sql), *args))]

    def close(self) -> None:
        if IS_SQLITE:
            self._sqlite.close()
        else:
            _answer(self._postgres.close())


@contextmanager
def beside(shop: Path) -> Iterator[Beside]:
    with closing(Beside(shop)) as connection:
        yield connection


@contextmanager
def locked(shop: Path) -> Iterator[None]:
    """Another program writes, and does not end; one may read."""
    with beside(shop) as other:
        other.rows("BEGIN IMMEDIATE" if IS_SQLITE else "BEGIN")
        if not IS_SQLITE:
            other.rows("LOCK TABLE stock_level IN EXCLUSIVE MODE")
        yield


def server(sql: str) -> None:
    """Ask the PostgreSQL server, not one of its databases."""

    async def ask() -> None:
        connection = await asyncpg.connect(settings.database)
        await connection.execute(sql)
        await connection.close()

    _answer(ask())


async def _connect(address: str) -> Any:
    return await asyncpg.connect(address)


def _create(shop: Path, like: str) -> None:
    name = _name(shop) if shop.exists() else f"shop_{getpid()}_{next(_numbers)}"
    discard(shop)
    server(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
    shop.write_text(urlsplit(settings.database)._replace(path=f"/{name}").geturl())


def _name(shop: Path) -> str:
    return urlsplit(shop.read_text()).path[1:]


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """On a thread of its own, because the thread of a test has a loop already."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()
    return loop


def _answer(ask: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(ask, _loop()).result()
