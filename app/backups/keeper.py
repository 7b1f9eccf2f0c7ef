"""Who makes the backups while the server runs: one at a time, on a thread that stands back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import NamedTuple

from app import clock
from app.backups import folder, schedule
from app.backups.copying import check_room
from app.backups.folder import Kind, keep
from app.database import DB
from app.database.readers import step_back

RETRY = timedelta(minutes=10)  # from a try that failed to the next

logger = logging.getLogger("onhand")


class Failure(NamedTuple):
    """A backup that was not made."""

    at: datetime
    says: str


class Keeper:
    """Makes a backup each hour, and when somebody asks."""

    def __init__(self) -> None:
        self.failure: Failure | None = None  # of the last try
        self._stop = Event()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """A backup that is not done when the server ends is given up."""
        self._stop.clear()
        try:
            yield
        finally:
            self._stop.set()
            await self.finish()

    @property
    def is_at_work(self) -> bool:
        return self._task is not None and not self._task.done()

    async def keep_up(self) -> None:
        """Begin the backup of this hour, unless it was made."""
        has_just_failed = self.failure and clock.now() - self.failure.at < RETRY
        if not self.is_at_work and not has_just_failed and schedule.is_due():
            self._begin(Kind.SCHEDULED)

    def begin(self) -> None:
        """Begin a backup now. Refuses where there is no place or no room for it."""
        check_room(Path(DB.shop), folder.prepared())
        if not self.is_at_work:
            self._begin(Kind.ASKED)

    async def finish(self) -> None:
        """Wait for the backup that is being made."""
        if self._task:
            await self._task

    def _begin(self, kind: Kind) -> None:
        self._task = asyncio.create_task(self._make(kind))

    async def _make(self, kind: Kind) -> None:
        thread = ThreadPoolExecutor(1, "backup", initializer=step_back)
        try:
            await asyncio.get_running_loop().run_in_executor(thread, keep, kind, self._stop)
            self.failure = None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again and shown
            if not self._stop.is_set():
                self.failure = Failure(clock.now(), str(error))
                logger.warning("backup: %s", error)
        finally:
            thread.shutdown(wait=False)


keeper = Keeper()
