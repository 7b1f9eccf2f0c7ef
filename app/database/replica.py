"""Another PostgreSQL server that follows the shop's own, for what may be read some seconds late.

Piccolo's extra nodes are chosen query by query, and asked however old they are; this is chosen for
all of a reading, and asked only while it keeps up.
"""

import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from app.database.pool import ERRORS, Pool, one_of, pool_to

LATE = 5.0  # seconds that it may be behind
SOON = 1.0  # seconds in which it says so
AWAY = 30.0  # seconds for which it is left alone when it failed

_FOLLOWS = """
    SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
        AND (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            OR pg_last_xact_replay_timestamp() > now() - $1 * interval '1 second')"""

logger = logging.getLogger("onhand")

Read = Callable[[Any], Awaitable[list[Any]]]


class Replica:
    """It is asked, or it is not there: nobody waits for it, and nothing fails with it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._pool: Pool | None = None
        self._away_until = 0.0

    async def open(self) -> None:
        self._pool = await pool_to(self._address, at_least=0)

    async def close(self) -> None:
        if self._pool:
            self._pool.terminate()  # who only reads loses nothing

    async def read(self, read: Read) -> list[Any] | None:
        """What is read from one of its connections; None when somebody else has to be asked."""
        if self._pool is None or monotonic() < self._away_until:
            return None
        try:
            async with one_of(self._pool) as connection:
                if await connection.fetchval(_FOLLOWS, LATE, timeout=SOON):
                    return await read(connection)
            why = "it does not follow the database, or too slowly"
        except ERRORS as error:
            why = f"{type(error).__name__}: {error}"
        self._away_until = monotonic() + AWAY
        logger.warning("the replica is not asked for %.0f seconds: %s", AWAY, why)
        return None
