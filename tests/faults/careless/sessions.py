"""Bugs in how the program uses PostgreSQL; those of ``transactions.py`` under the same names."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import asyncpg

from app.database import pool, postgres
from app.database.postgres import PostgresEngine
from tests.faults.careless.bugs import bug, put, when_serving

FSYNC = 0.25  # seconds that a COMMIT takes on the slow disk

Action = Callable[..., Coroutine[Any, Any, Any]]


@bug
def early() -> None:
    """Whoever waits for an action is told of it before its COMMIT, on a disk that is slow."""

    async def run(self: PostgresEngine, action: Action, *args: Any, **kwargs: Any) -> Any:
        if self.is_acting:
            return await action(*args, **kwargs)
        told = asyncio.get_running_loop().create_future()

        async def tells(*args: Any, **kwargs: Any) -> None:
            result = await action(*args, **kwargs)
            if not told.done():  # begun again
                told.set_result(result)
            await asyncio.sleep(FSYNC)

        task = asyncio.ensure_future(self._perform(tells, args, kwargs))
        await asyncio.wait([told, task], return_when=asyncio.FIRST_COMPLETED)
        return told.result() if told.done() else task.result()

    when_serving(lambda: put(PostgresEngine, run=run))


@bug
def torn() -> None:
    """What changes a level is committed before its entry in the log is written."""
    honest = PostgresEngine._fetch

    async def fetch(self: PostgresEngine, sql: str, args: Sequence[Any]) -> Any:
        acting = postgres._acting.get()
        if acting and 'INSERT INTO "stock_event"' in sql:
            await acting.connection.execute("COMMIT")
            await acting.connection.execute("BEGIN")
        return await honest(self, sql, args)

    when_serving(lambda: put(PostgresEngine, _fetch=fetch))


@bug
def in_place() -> None:
    """Everybody waits while one waits for the lock."""
    _with_connections(1)


@bug
def narrow() -> None:
    """No bug: few connections."""
    _with_connections(4)


@bug
def serializable() -> None:
    """No bug: actions that meet are told so more often."""
    pool.SETTINGS["default_transaction_isolation"] = "serializable"


@bug
def weary() -> None:
    """An action that met another is given up."""
    put(postgres, TRIES=1)


@bug
def patient() -> None:
    """An answer of the database is waited for for ever."""
    put(pool, SILENCE=None)


@bug
def impatient() -> None:
    """No bug: a lock is waited for a hundredth of a second, so that it fails often."""
    pool.SETTINGS["lock_timeout"] = "10ms"


@bug
def leaks() -> None:
    """Whatever was opened for a transaction that failed stays open."""
    kept = []
    honest = PostgresEngine._once

    async def once(self: PostgresEngine, *args: Any) -> Any:
        try:
            return await honest(self, *args)
        except Exception:
            kept.append(await asyncpg.connect(self.shop))
            raise

    put(PostgresEngine, _once=once)


def _with_connections(number: int) -> None:
    for module in (pool, postgres):
        put(module, CONNECTIONS=number)
