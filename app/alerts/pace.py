"""How fast things sell, found out once a minute: units in the hours in which the shop sold."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from app import clock
from app.database import DB
from app.database.dialect import hour_of
from app.stock import queries as stock

DAYS = 14
AGE = timedelta(minutes=1)
AT_ONCE = 10_000  # events read in one go, so that nobody waits long for the thread

logger = logging.getLogger("onhand")


class Pace(msgspec.Struct, frozen=True):
    """What was sold in the last fourteen days, and in how many hours."""

    as_of: datetime
    days: Sequence[int]  # the first event of each of the fourteen
    hours: int  # in which anything was sold
    sold: Mapping[int, int]  # units, by product

    @property
    def is_recent(self) -> bool:
        return timedelta(0) <= clock.now() - self.as_of <= AGE

    def hours_left(self, product: int, available: int) -> float | None:
        """Until it is empty, if it goes on like this; None when nobody wants it."""
        sold = self.sold.get(product)
        return available * self.hours / sold if sold else None


# What was sold; and what was undone right away, so that a slip of the finger is no demand.
_WANTED = "(kind = 'sold' OR kind = 'returned' AND reason = 'undo' AND on_hand_change > 0)"

_known: dict[str, Pace] = {}  # by shop
_finding: dict[str, asyncio.Task[Pace]] = {}


async def pace() -> Pace:
    """As it was a minute ago at most; while it is found out anew, the one before still holds."""
    shop = DB.path
    known = _known.get(shop)
    if known and known.is_recent:
        return known
    if shop not in _finding:
        _finding[shop] = asyncio.create_task(_find_out(shop))
        _finding[shop].add_done_callback(_tell)
    if known is None:
        return await asyncio.shield(_finding[shop])
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
    days = [await stock.first_event_since(now - timedelta(day)) for day in range(DAYS, 0, -1)]
    end = await stock.last_event() + 1
    hours: set[object] = set()
    sold: Counter[int] = Counter()
    for first in range(days[0], end, AT_ONCE):
        behind = min(first + AT_ONCE, end)
        some = f"FROM stock_event WHERE id >= {first} AND id < {behind} AND {_WANTED}"
        hours.update(
            await DB.scan(f"SELECT DISTINCT {hour_of('happened_at', DB.engine_type)} {some}")
        )
        for product, units in await DB.scan(
            f"SELECT product, -sum(on_hand_change) {some} GROUP BY product"
        ):
            sold[product] += units
    return Pace(now, days, len(hours), {p: units for p, units in sold.items() if units > 0})
