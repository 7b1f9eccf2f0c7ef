"""Piccolo's engine for PostgreSQL: actions beside each other, each on a connection of a pool."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, TypeVar

import asyncpg
from piccolo.engine.exceptions import TransactionError
from piccolo.engine.postgres import PostgresEngine as PiccoloEngine

from app.database.engine import AFTER_COMMIT, Database, Row
from app.database.pool import CONNECTIONS, ERRORS, PASSING, PATIENCE, Pool, one_of, pool_to
from app.database.replica import Read, Replica

T = TypeVar("T")

LONGEST = 600  # seconds, of what may take its time
TRIES = 5  # of an action that met another one

_TURN = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

# Two actions met, and the database undid one of them whole: it may begin again. A number or a name
# that both wanted is one of them's by then, and the other finds it taken.
MET = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
)


class Acting:
    """An action that runs: its connection, and what it keeps for itself."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.notes: dict[str, Any] = {}
        self.patience: float | None = None  # seconds for each statement, when it may take its time
        self.is_over = False


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


class PostgresEngine(Database, PiccoloEngine):  # type: ignore[misc]  # ours is simpler
    """A shop in a PostgreSQL database, which several servers may share."""

    is_file = False
    errors = ERRORS

    def __init__(self, shop: str, *, replica: str = "") -> None:
        Database.__init__(self)
        self.shop = shop
        self._pool: Pool | None = None
        self.replica = Replica(replica) if replica else None
        PiccoloEngine.__init__(self, config={"dsn": shop})

    async def check_version(self) -> None:
        """Nothing yet: Piccolo would connect while it is imported."""

    async def prep_database(self) -> None:
        """Nothing: there is nothing to install."""

    # Opening and closing

    async def open(self, *, checkpoints: bool = True) -> None:
        self._pool = await pool_to(self.shop, at_least=1)
        if self.replica:
            await self.replica.open()

    async def warm(self) -> None:
        async with AsyncExitStack() as connections:
            for _ in range(CONNECTIONS):
                await connections.enter_async_context(self._connection())

    async def close(self) -> None:
        if self._pool:
            pool, self._pool = self._pool, None
            with suppress(TimeoutError):  # what has not ended by then is cut off
                async with asyncio.timeout(PATIENCE):
                    await pool.close()
            if self.replica:
                await self.replica.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise ConnectionError("the database is not open")  # as others find it while we end
        async with one_of(self._pool) as connection:
            yield connection

    # Writing and reading

    async def run(
        self, action: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kwargs: Any
    ) -> T:
        """Once begun it goes on to its end, also when whoever asked for it has left."""
        if self.is_acting:
            return await action(*args, **kwargs)
        return await asyncio.shield(asyncio.ensure_future(self._perform(action, args, kwargs)))

    async def _perform(
        self,
        action: Callable[..., Coroutine[Any, Any, T]],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> T:
        """An action that met another one begins again; at the last try it is told so."""
        for attempt in range(1, TRIES):
            with suppress(*MET):
                return await self._once(action, args, kwargs)
            await asyncio.sleep(random.random() * 0.02 * 2**attempt)  # noqa: S311
        return await self._once(action, args, kwargs)

    async def _once(
        self,
        action: Callable[..., Coroutine[Any, Any, T]],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> T:
        async with self._connection() as connection:
            acting = Acting(connection)
            before = _acting.set(acting)
            try:
                transaction = connection.transaction()
                await transaction.start()
                try:
                    result = await action(*args, **kwargs)
                except BaseException as error:
                    if not isinstance(error, TimeoutError):  # it would not answer this either
                        with suppress(*self.errors):  # a connection that is gone has undone it
                            await transaction.rollback()
                    raise
                finally:
                    acting.is_over = True
                await transaction.commit()
            finally:
                _acting.reset(before)
        for listener in (*acting.notes.get(AFTER_COMMIT, ()), *self.on_commit):
            asyncio.get_running_loop().call_soon(listener)
        return result

    @property
    def notes(self) -> dict[str, Any]:
        return _now_acting().notes

    async def turn(self, *at: object) -> None:
        await self._fetch(_TURN, [" ".join(map(str, at))])

    async def take_time(self) -> None:
        acting = _now_acting()
        await acting.connection.execute(f"SET LOCAL statement_timeout = '{LONGEST}s'")
        acting.patience = LONGEST + PATIENCE

    @property
    def is_acting(self) -> bool:
        return _acting.get() is not None

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        return [tuple(record) for record in await self._fetch(sql, args)]

    async def _fetch(self, sql: str, args: Sequence[Any]) -> list[Any]:
        args = [_without_nul(arg) if isinstance(arg, str) else arg for arg in args]
        acting = _acting.get()
        if acting is None:
            return await self._read(lambda connection: connection.fetch(sql, *args))
        if acting.is_over:  # a task that was begun inside it
            raise TransactionError("this action has ended")
        return list(await acting.connection.fetch(sql, *args, timeout=acting.patience))

    async def add(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Many rows at once: all of them or none."""
        async with self._connection() as connection:
            await connection.copy_records_to_table(table, records=rows, columns=columns)

    async def scan(self, sql: str) -> list[Row]:
        async def slowly(connection: Any) -> list[Any]:
            async with connection.transaction(readonly=True):
                await connection.execute(f"SET LOCAL statement_timeout = '{LONGEST}s'")
                return list(await connection.fetch(sql, timeout=LONGEST + PATIENCE))

        return [tuple(record) for record in await self._read(slowly)]

    async def _read(self, read: Read) -> list[Any]:
        """Outside any action: from the replica, if that may be, or from the database itself."""
        if self.replica and self.is_behind:
            found = await self.replica.read(read)
            if found is not None:
                return found
        async with self._connection() as connection:
            return await read(connection)

    def is_passing(self, error: BaseException) -> bool:
        return isinstance(error, PASSING)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        return await self._fetch_dicts(ddl, ())

    async def _fetch_dicts(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        return [dict(record) for record in await self._fetch(sql, args)]


def _now_acting() -> Acting:
    acting = _acting.get()
    if acting is None or acting.is_over:
        raise TransactionError("no action is running")
    return acting


def _without_nul(text: str) -> str:
    """PostgreSQL has no text with that character, so nothing is found by one either."""
    return text.replace("\0", "\ufffd")
