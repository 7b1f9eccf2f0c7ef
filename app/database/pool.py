"""Connections to a PostgreSQL server, all of them set up alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg

CONNECTIONS = 10
PATIENCE = 5.0  # seconds to wait for one of them
SOON = 1.0  # seconds in which one that is given back has to be as it came
SILENCE = 20.0  # seconds for a statement; by then the server itself would have ended it

SETTINGS = {
    "application_name": "onhand",
    "timezone": "UTC",
    "jit": "off",  # our statements are short, and compiling them is not
    "synchronous_commit": "on",  # an answered order survives a power cut
    "lock_timeout": "3s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
}


# What the driver says of a connection that is gone, and also of a mistake of ours.
DRIVER = (asyncpg.InterfaceError, asyncpg.InternalClientError)

ERRORS = (asyncpg.PostgresError, *DRIVER, OSError)

# What cannot be done now and may be done later.
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
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    TimeoutError,
)

Pool: TypeAlias = "asyncpg.Pool[Any]"


async def pool_to(address: str, *, at_least: int) -> Pool:
    """``at_least`` so many connections are made at once: none, and the server may be away."""
    return await asyncpg.create_pool(
        address,
        min_size=at_least,
        max_size=CONNECTIONS,
        timeout=PATIENCE,
        command_timeout=SILENCE,
        max_inactive_connection_lifetime=0,
        max_cached_statement_lifetime=0,
        statement_cache_size=512,
        server_settings=SETTINGS,
        init=_whole_numbers,
        reset=_undone,
    )


@asynccontextmanager
async def one_of(pool: Pool) -> AsyncIterator[Any]:
    """A connection of the pool; one that cannot be had, or is gone, is a ConnectionError.

    One that answers nothing is given up, and the others with it: a server that vanished, or a
    firewall that forgot, says so to none of them.
    """
    try:
        connection = await pool.acquire(timeout=PATIENCE)
    except TimeoutError:
        raise TimeoutError("no connection to the database is free") from None
    except (OSError, *DRIVER) as error:
        raise ConnectionError(str(error)) from error
    try:
        yield connection
    except TimeoutError:
        connection.terminate()
        await pool.expire_connections()
        raise TimeoutError("the database answers nothing") from None
    except asyncpg.ReadOnlySQLTransactionError:  # another one leads by now, at the same address
        await pool.expire_connections()
        raise
    except DRIVER as error:
        if _is_gone(connection):
            raise ConnectionError(str(error)) from error
        raise
    finally:
        with suppress(*ERRORS):  # one that does not go back is dropped, and what it did is done
            await pool.release(connection, timeout=SOON)


def _is_gone(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has dropped it
        return True


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
