"""Moving what is in the WAL into the database file, beside the writer and not in its way."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor

# Before this version, two connections that write and checkpoint at once can corrupt the file
# (sqlite.org/wal.html, "The WAL-Reset Bug"). There the writer has to make its own checkpoints.
SAFE_VERSION = (3, 51, 3)

PAUSE = 0.25  # seconds from a commit to the checkpoint after it
LONG_WAL = 8_000  # pages (32 MB); then wait for a gap between commits and begin it anew


class Checkpointer:
    """A connection of its own, and the thread on which it works."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._task: asyncio.Task[None] | None = None

    def after_commit(self) -> None:
        """There is something to move; it will be, shortly."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._soon())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._thread.shutdown)
        self._connection.close()

    async def _soon(self) -> None:
        await asyncio.sleep(PAUSE)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._checkpoint)
        self._task = None

    def _checkpoint(self) -> None:
        """Move what can be moved without waiting; a commit that is late is moved the next time."""
        _, length, _ = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if length > LONG_WAL:
            self._connection.execute("PRAGMA wal_checkpoint(RESTART)")
