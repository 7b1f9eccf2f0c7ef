"""What is put aside: the holds that are not over, the first to end first."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from app import clock
from app.database import Arg, Prepared
from app.orders.tables import Order

SHOWN = 6  # at the counter; the others are one link away


class Hold(msgspec.Struct, frozen=True):
    """An open order, as a list shows it."""

    id: int
    actor: str  # who put it aside
    customer: str
    total_cents: int
    held_at: datetime
    expires_at: datetime
    lines: int
    units: int

    @property
    def number(self) -> str:
        return str(self.id)


class Counts(NamedTuple):
    """How many holds there are; those that are over wait for the sweeper."""

    open: int
    overdue: int


_COUNTS = Prepared(
    Order.raw(
        "SELECT (SELECT count(*) FROM orders WHERE status = 'open' AND expires_at > {}), "
        "(SELECT count(*) FROM orders WHERE status = 'open' AND expires_at <= {})",
        Arg("now"),
        Arg("now"),
    ),
    Counts,
)
_HOLDS = Prepared(
    Order.raw(
        "SELECT o.id, o.actor, o.customer, o.total_cents, o.held_at, o.expires_at, "
        "count(*), sum(n.quantity) FROM ("
        "SELECT * FROM orders WHERE status = 'open' AND expires_at > {} "
        "ORDER BY expires_at LIMIT {}) o "
        'JOIN order_line n ON n."order" = o.id GROUP BY o.id, o.actor, o.customer, '
        "o.total_cents, o.held_at, o.expires_at ORDER BY o.expires_at, o.id",
        Arg("now"),
        Arg("limit"),
    ),
    Hold,
)


async def counts() -> Counts:
    """How many there are now."""
    return await _COUNTS.one(now=clock.now())


async def first(limit: int = SHOWN) -> list[Hold]:
    """The holds that end first, and one more than ``limit`` if there are others."""
    return await _HOLDS.all(now=clock.now(), limit=limit + 1)
