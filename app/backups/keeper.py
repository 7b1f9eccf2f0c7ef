"""Who makes the backups while the server runs: one at a time, on a thread that stands back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import NamedTuple

from app import clock
from app.backups import folder, schedule
from app.backups.copying import check_room, size
from app.backups.folder import Kind, keep
from app.database import DB
from app.database.apart import apart

RETRY = timedelta(minutes=10)  # from a try that failed to the next
PATIENCE = 1.0  # seconds that the end of the server waits for a backup to be given up

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
        """A backup that is not done when the server ends is given up.

        Where the disk does not answer even that is left undone: half a backup has no name of one,
        and is cleared by the next.
        """
        self._stop = Event()
        try:
            yield
        finally:
            self._stop.set()
            await self.finish(PATIENCE)

    @property
    def is_at_work(self) -> bool:
        return self._task is not None and not self._task.done()

    def look(self) -> None:
        """Tell at once if nothing can be kept: the shop sells as well. Refuses a mistake."""
        try:
            folder.prepared()
        except folder.InTheWay:
            raise
        except folder.NoFolder as error:
            self._failed(error)

    async def keep_up(self) -> None:
        """Begin the backup of this hour, unless it was made; and again after one that failed."""
        is_wanted = schedule.is_due() or (self.failure and schedule.is_on())
        if is_wanted and not self.is_at_work and not self._has_just_failed():
            self._begin(Kind.SCHEDULED)

    def begin(self) -> None:
        """Begin a backup now. Refuses where there is no place or no room for it."""
        check_room(size(Path(DB.shop)), folder.prepared())
        if not self.is_at_work:
            self._begin(Kind.ASKED)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait for the backup that is being made, and no longer than that."""
        if self._task:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._task, seconds)

    def _has_just_failed(self) -> bool:
        """A failure of the future, by a clock that was wrong, is none."""
        now = clock.now()
        return self.failure is not None and now - RETRY < self.failure.at <= now

    def _begin(self, kind: Kind) -> None:
        self._task = asyncio.create_task(self._make(kind))

    async def _make(self, kind: Kind) -> None:
        stop = self._stop
        try:
            await apart(lambda: keep(kind, stop))
            self.failure = None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again and shown
            if not stop.is_set():
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.failure = Failure(clock.now(), str(error))
        logger.warning("backup: %s", error)


keeper = Keeper()
