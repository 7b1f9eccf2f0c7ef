"""Connections to a PostgreSQL server, all of them set up alike."""

from decimal import Decimal
from typing import Any

import asyncpg

CONNECTIONS = 10
PATIENCE = 5.0  # seconds to wait for one of them

SETTINGS = {
    "application_name": "onhand",
    "timezone": "UTC",
    "jit": "off",  # our statements are short, and compiling them is not
    "synchronous_commit": "on",  # an answered order survives a power cut
    "lock_timeout": "3s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
}


# What the driver says of a connection that the server has ended.
GONE = (asyncpg.InterfaceError, asyncpg.InternalClientError)

ERRORS = (asyncpg.PostgresError, *GONE, OSError)

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
    *GONE,
    OSError,
)


async def pool_to(address: str, *, at_least: int) -> "asyncpg.Pool[Any]":
    """``at_least`` so many connections are made at once: none, and the server may be away."""
    return await asyncpg.create_pool(
        address,
        min_size=at_least,
        max_size=CONNECTIONS,
        timeout=PATIENCE,
        max_inactive_connection_lifetime=0,
        max_cached_statement_lifetime=0,
        statement_cache_size=512,
        server_settings=SETTINGS,
        init=_whole_numbers,
        reset=_undone,
    )


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
