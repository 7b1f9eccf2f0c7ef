"""Moving what is in the WAL into the database file, beside the writer and not in its way."""

import asyncio
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor

# Before this version, two connections that write and checkpoint at once can corrupt the file
# (sqlite.org/wal.html, "The WAL-Reset Bug"). There the writer has to make its own checkpoints.
SAFE_VERSION = (3, 51, 3)

PAUSE = 1.0  # seconds from a commit to the checkpoint after it
LONG_WAL = 8_000  # pages (32 MB); then the writer waits for a moment, so that it begins anew

logger = logging.getLogger("onhand")


class Checkpointer:
    """A connection of its own, and the thread on which it works."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA busy_timeout = 0")  # nobody shall wait for a long reader with us
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._task: asyncio.Task[None] | None = None
        self.is_overdue = False
        self._is_behind = False  # something is committed that was not looked at

    def after_commit(self) -> None:
        """There is something to move; it will be, shortly."""
        self._is_behind = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._soon())

    async def begin_anew(self) -> None:
        """Let the WAL begin anew, which it can between two commits only: the writer waits."""
        self.is_overdue = False
        await self._checkpoint("RESTART")

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._thread.shutdown)
        self._connection.close()

    async def _soon(self) -> None:
        """Move what can be moved without waiting; what is committed meanwhile, the next time."""
        while self._is_behind:
            await asyncio.sleep(PAUSE)
            self._is_behind = False
            self.is_overdue = await self._checkpoint("PASSIVE") > LONG_WAL
        self._task = None

    async def _checkpoint(self, mode: str) -> int:
        """The length of the WAL. If it fails nothing is lost: the next commit asks for another."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._move, mode)
        except sqlite3.Error as error:
            logger.warning("checkpoint: %s", error)
            return 0

    def _move(self, mode: str) -> int:
        ((_, length, _),) = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        return int(length)


def old_sqlite() -> str:
    """A sentence when the SQLite in use is older than the fix of its WAL-reset bug."""
    if sqlite3.sqlite_version_info >= SAFE_VERSION:
        return ""
    fixed = ".".join(map(str, SAFE_VERSION))
    return f"SQLite {sqlite3.sqlite_version} is older than {fixed}, which mends its WAL-reset bug"
