"""Tries that came to nothing: written down a little later, and by number when they are too many.

So no stranger makes the shop write more than a few lines a minute, or makes a sale wait for them.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.accounts import actions
from app.accounts.actions import By
from app.accounts.tables import Happening

PACE = 1.0  # seconds until what happened is written down
MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 20  # that are told one by one

logger = logging.getLogger("onhand.access")


class Attempt(NamedTuple):
    kind: Happening
    about: str
    by: By
    note: str
    times: int = 1


class Attempts:
    """Those that are still to be written down."""

    def __init__(self) -> None:
        self._waiting: list[Attempt] = []
        self._more: Counter[Happening] = Counter()
        self._minute = clock.now()
        self._told = 0

    def note(self, kind: Happening, *, by: By, about: str = "", note: str = "") -> None:
        self._turn(clock.now())
        if self._told < MOST_A_MINUTE:
            self._told += 1
            self._waiting.append(Attempt(kind, about, by, note))
        else:
            self._more[kind] += 1

    async def write(self) -> None:
        """Write down what waits."""
        self._turn(clock.now())
        waiting, self._waiting = self._waiting, []
        for kind, about, by, note, times in waiting:
            await actions.record(kind, about=about, by=by, note=note, times=times)

    @asynccontextmanager
    async def writing(self, _: object = None) -> AsyncIterator[None]:
        """Write them down as long as the server runs, and what is left at its end."""
        task = asyncio.create_task(self._go_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._minute -= MINUTE
            await self.write()

    async def _go_on(self) -> None:
        while True:
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001 - the shop goes on
                logger.warning("attempts were not written down: %s", error)
            await asyncio.sleep(PACE)

    def _turn(self, now: datetime) -> None:
        """A minute is over: what was only counted is told in one line of each kind."""
        if now - self._minute < MINUTE:
            return
        for kind, times in self._more.items():
            self._waiting.append(Attempt(kind, "", By(), "more than could be told", times))
        self._more.clear()
        self._minute, self._told = now, 0


attempts = Attempts()
