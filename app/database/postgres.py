"""Piccolo's engine for PostgreSQL: actions beside each other, each on a connection of a pool."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, TypeVar

import asyncpg
from piccolo.engine.exceptions import TransactionError
from piccolo.engine.postgres import PostgresEngine as PiccoloEngine

from app.database.engine import Database, Row

T = TypeVar("T")

CONNECTIONS = 10
PATIENCE = 5.0  # seconds to wait for one of them
LONGEST_SCAN = "10min"
TRIES = 5  # of an action that met another one

SETTINGS = {
    "application_name": "onhand",
    "timezone": "UTC",
    "jit": "off",  # our statements are short, and compiling them is not
    "synchronous_commit": "on",  # an answered order survives a power cut
    "lock_timeout": "3s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
}

_TURN = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

# What the driver says of a connection that the server has ended.
GONE = (asyncpg.InterfaceError, asyncpg.InternalClientError)

# Two actions met, and the database undid one of them whole: it may begin again. A number or a name
# that both wanted is one of them's by then, and the other finds it taken.
MET = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
)
PASSING = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.PostgresIOError,
    *GONE,
    OSError,
)


class Acting:
    """An action that runs: its connection, and what it keeps for itself."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.notes: dict[str, Any] = {}
        self.is_over = False


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


class PostgresEngine(Database, PiccoloEngine):  # type: ignore[misc]  # ours is simpler
    """A shop in a PostgreSQL database, which several servers may share."""

    is_file = False
    errors = (asyncpg.PostgresError, *GONE, OSError)

    def __init__(self, shop: str) -> None:
        Database.__init__(self)
        self.shop = shop
        self._pool: asyncpg.Pool[Any] | None = None
        PiccoloEngine.__init__(self, config={"dsn": shop})

    async def check_version(self) -> None:
        """Nothing yet: Piccolo would connect while it is imported."""

    async def prep_database(self) -> None:
        """Nothing: there is nothing to install."""

    # Opening and closing

    async def open(self, *, checkpoints: bool = True) -> None:
        self._pool = await asyncpg.create_pool(
            self.shop,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=PATIENCE,
            max_cached_statement_lifetime=0,
            statement_cache_size=512,
            server_settings=SETTINGS,
            init=_whole_numbers,
            reset=_undone,
        )

    async def close(self) -> None:
        if self._pool:
            pool, self._pool = self._pool, None
            await pool.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise TransactionError("the database is not open")
        async with self._pool.acquire(timeout=PATIENCE) as connection:
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
                except BaseException:
                    with suppress(*self.errors):  # a connection that is gone has undone it
                        await transaction.rollback()
                    raise
                finally:
                    acting.is_over = True
                await transaction.commit()
            finally:
                _acting.reset(before)
        for listener in self.on_commit:
            asyncio.get_running_loop().call_soon(listener)
        return result

    @property
    def notes(self) -> dict[str, Any]:
        acting = _acting.get()
        if acting is None or acting.is_over:
            raise TransactionError("only an action keeps notes")
        return acting.notes

    async def turn(self, *at: object) -> None:
        await self._fetch(_TURN, [" ".join(map(str, at))])

    @property
    def is_acting(self) -> bool:
        return _acting.get() is not None

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        return [tuple(record) for record in await self._fetch(sql, args)]

    async def _fetch(self, sql: str, args: Sequence[Any]) -> list[Any]:
        args = [_without_nul(arg) if isinstance(arg, str) else arg for arg in args]
        acting = _acting.get()
        if acting is None:
            async with self._connection() as connection:
                return list(await connection.fetch(sql, *args))
        if acting.is_over:  # a task that was begun inside it
            raise TransactionError("this action has ended")
        return list(await acting.connection.fetch(sql, *args))

    async def add(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Many rows at once: all of them or none."""
        async with self._connection() as connection:
            await connection.copy_records_to_table(table, records=rows, columns=columns)

    async def scan(self, sql: str) -> list[Row]:
        async with self._connection() as connection, connection.transaction(readonly=True):
            await connection.execute(f"SET LOCAL statement_timeout = '{LONGEST_SCAN}'")
            return [tuple(record) for record in await connection.fetch(sql)]

    def is_passing(self, error: BaseException) -> bool:
        return isinstance(error, PASSING)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[dict[str, Any]]:
        return await self._fetch_dicts(ddl, ())

    async def _fetch_dicts(self, sql: str, args: Sequence[Any]) -> list[dict[str, Any]]:
        return [dict(record) for record in await self._fetch(sql, args)]


def _without_nul(text: str) -> str:
    """PostgreSQL has no text with that character, so nothing is found by one either."""
    return text.replace("\0", "\ufffd")


async def _whole_numbers(connection: Any) -> None:
    """Sums of whole numbers are whole numbers: PostgreSQL calls them numeric."""
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=_number, format="text"
    )


def _number(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


async def _undone(connection: Any) -> None:
    """A connection goes back into the pool as it came, or it does not go back."""
    if connection.is_in_transaction():
        await connection.reset()
