"""Holds whose time is over are released by themselves, each by an action of its own."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.database import DB, Arg, Prepared
from app.orders.actions.closing import expire
from app.orders.tables import Order
from app.stock.actions import Unbalanced

LINES_AT_ONCE = 50  # so that no sale waits for the rest
LEFT_FOR = timedelta(hours=1)  # a hold that cannot be released, until it is tried again

logger = logging.getLogger("onhand")


class _Due(NamedTuple):
    id: int
    lines: int


_DUE = Prepared(
    Order.raw(
        'SELECT o.id, (SELECT count(*) FROM order_line n WHERE n."order" = o.id) FROM orders o '
        "WHERE o.status = 'open' AND o.expires_at <= {} ORDER BY o.expires_at, o.id LIMIT {}",
        Arg("now"),
        Arg("limit"),
    ),
    _Due,
)
_left: dict[tuple[str, int], datetime] = {}  # by shop and hold, until when it is left alone


async def expire_due() -> int:
    """Release some of the holds whose time is over, the longest over first. Returns how many.

    One whose books do not balance stops no other: it is said, and left as it is for an hour.
    """
    due = await _some_due(clock.now())
    outcomes = await asyncio.gather(*(expire(hold) for hold in due), return_exceptions=True)
    for hold, outcome in zip(due, outcomes, strict=True):
        if isinstance(outcome, Unbalanced):
            _left[DB.shop, hold] = clock.now() + LEFT_FOR
            logger.error("order %s cannot expire: %s", hold, outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome is True for outcome in outcomes)


async def _some_due(now: datetime) -> list[int]:
    """As many as are released at once, without those that are left alone."""
    due, lines = [], 0
    for hold in await _DUE.all(now=now, limit=LINES_AT_ONCE + len(_left)):
        if lines >= LINES_AT_ONCE:
            break
        if _left.get((DB.shop, hold.id), now) <= now:
            due.append(hold.id)
            lines += hold.lines
    return due
