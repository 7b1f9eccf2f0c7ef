"""Tries that came to nothing: written down a little later, and by number when they are too many.

So no stranger makes the shop write more than a few lines a minute, or makes a sale wait for them.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from app import clock
from app.accounts import actions
from app.accounts.actions import Attempt, By
from app.accounts.tables import Happening

PACE = 1.0  # seconds until what happened is written down
MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 20  # that are told one by one
MOST_WAITING = 1_000  # while they cannot be written down; further ones are only counted

logger = logging.getLogger("onhand.access")


class Attempts:
    """Those that are still to be written down."""

    def __init__(self) -> None:
        self._waiting: list[Attempt] = []
        self._more: Counter[Happening] = Counter()
        self._minute = clock.now()
        self._told = 0

    def note(self, kind: Happening, *, by: By, about: str = "", note: str = "") -> None:
        now = clock.now()
        self._turn(now)
        if self._told < MOST_A_MINUTE:
            self._told += 1
            self._waiting.append(Attempt(kind, about, by, note, now))
        else:
            self._more[kind] += 1

    async def write(self) -> None:
        """Write down what waits, in one go; what cannot be written goes on waiting."""
        self._turn(clock.now())
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            await actions.record_all(waiting)
        except Exception:
            self._waiting = [*waiting, *self._waiting]
            raise

    @asynccontextmanager
    async def writing(self, _: object = None) -> AsyncIterator[None]:
        """Write them down as long as the server runs, and what is left at its end."""
        ending = asyncio.Event()
        task = asyncio.create_task(self._go_on(ending))
        try:
            yield
        finally:
            ending.set()
            await task
            self._minute -= MINUTE
            await self.write()

    async def _go_on(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001 - the shop goes on
                logger.warning("attempts were not written down: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), PACE)

    def _turn(self, now: datetime) -> None:
        """A minute is over: what was only counted is told in one line of each kind."""
        if now - self._minute < MINUTE or len(self._waiting) >= MOST_WAITING:
            return
        for kind, times in self._more.items():
            self._waiting.append(Attempt(kind, "", By(), "more than could be told", now, times))
        self._more.clear()
        self._minute, self._told = now, 0


attempts = Attempts()
