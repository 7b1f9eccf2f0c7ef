"""How fast things sell: units in the hours in which the shop sold, of the last fourteen days."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from app import clock
from app.database import DB
from app.database.dialect import hour_of
from app.stock import queries as stock

DAYS = 14
AGE = timedelta(minutes=1)
AT_ONCE = 10_000  # events read in one go, so that nobody waits long for the thread

logger = logging.getLogger("onhand")


class Pace:
    """What was sold in the last fourteen days, and in which hours, as of one event."""

    def __init__(self, days: Sequence[int]) -> None:
        self.as_of = clock.now()
        self.days = days  # the first event of each of the fourteen
        self.upto = days[0] - 1  # the newest event that is counted
        self.sold: Counter[int] = Counter()  # units, of what was sold at all
        self._hours: set[object] = set()

    @property
    def is_recent(self) -> bool:
        return timedelta(0) <= clock.now() - self.as_of <= AGE

    @property
    def hours(self) -> int:
        """In which the shop sold anything."""
        return len(self._hours)

    def hours_left(self, product: int, available: int) -> float | None:
        """Until it is empty, if it goes on like this; None when nobody wants it."""
        sold = self.sold.get(product)
        return available * self.hours / sold if sold else None

    async def read(self, upto: int, rows: Callable[[str], Awaitable[list[Any]]]) -> None:
        """Count what was sold up to an event, with ``rows`` to read it by."""
        since = self.upto
        some = f"FROM stock_event WHERE id > {since} AND id <= {upto} AND {_WANTED}"
        hours = await rows(f"SELECT DISTINCT {hour_of('happened_at', DB.engine_type)} {some}")
        units = await rows(f"SELECT product, -sum(on_hand_change) {some} GROUP BY product")
        if self.upto != since:  # somebody else was faster
            return
        self.upto = upto
        self._hours.update(hours)
        for product, sold in units:
            self.sold[product] += sold
            if self.sold[product] <= 0:
                del self.sold[product]


# What was sold; and what was undone right away, so that a slip of the finger is no demand.
_WANTED = "(kind = 'sold' OR kind = 'returned' AND reason = 'undo' AND on_hand_change > 0)"

_known: dict[str, Pace] = {}  # by shop
_finding: dict[str, asyncio.Task[Pace]] = {}


async def pace() -> Pace:
    """As it is now. What fell out of the fourteen days is forgotten once a minute, and nobody waits
    for that.
    """
    shop = DB.shop
    known = _known.get(shop)
    if not (known and known.is_recent) and shop not in _finding:
        _finding[shop] = asyncio.create_task(_find_out(shop))
        _finding[shop].add_done_callback(_tell)
    if known is None:
        known = await asyncio.shield(_finding[shop])
    last_event = await stock.last_event()
    while known.upto < last_event:
        await known.read(min(known.upto + AT_ONCE, last_event), DB.fetch)
    return known


async def _find_out(shop: str) -> Pace:
    try:
        found = _known[shop] = await find_out()
        return found
    finally:
        del _finding[shop]


def _tell(task: asyncio.Task[Pace]) -> None:
    """It is tried again by whoever asks next."""
    if not task.cancelled() and (error := task.exception()):
        logger.warning("pace: %s", error)


async def find_out() -> Pace:
    """Read the sales of fourteen days, which lie together at the end of the log."""
    now = clock.now()
    found = Pace(
        [await stock.first_event_since(now - timedelta(day)) for day in range(DAYS, 0, -1)]
    )
    last_event = await stock.last_event()
    while found.upto < last_event:
        await found.read(min(found.upto + AT_ONCE, last_event), DB.scan)
    return found
