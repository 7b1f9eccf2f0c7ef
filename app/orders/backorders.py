"""Who waits for what is not there."""

from datetime import datetime
from typing import NamedTuple

from app.database import Prepared
from app.orders.tables import Backorder


class Waiting(NamedTuple):
    """Somebody who wants what is not there yet."""

    id: int
    sku: str
    name: str
    quantity: int
    customer: str
    clerk: int | None
    actor: str
    created_at: datetime


_WAITING = (
    "SELECT b.id, p.sku, p.name, b.quantity, b.customer, b.clerk, b.actor, b.created_at "
    "FROM backorder b JOIN product p ON p.id = b.product "
    "JOIN stock_level l ON l.product = b.product WHERE b.closed_at IS NULL"
)
_ALL_WAITING = Prepared(Backorder.raw(f"{_WAITING} ORDER BY b.id"), Waiting)
# Of those who can be served, who waits longest.
_SERVED = Prepared(
    Backorder.raw(
        f"{_WAITING} AND NOT p.archived AND l.on_hand - l.reserved >= b.quantity "
        "ORDER BY b.id LIMIT 1"
    ),
    Waiting,
)


async def waiting() -> list[Waiting]:
    """Everybody who waits for something, the longest first."""
    return await _ALL_WAITING.all()


async def next_served() -> Waiting | None:
    """Who waits longest for what is there again."""
    return await _SERVED.first()
