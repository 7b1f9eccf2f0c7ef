"""What customers wanted and did not get."""

from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.database import Arg, Prepared
from app.orders.tables import LostSale
from app.stock.queries import SHELF_COLUMNS, Shelf

DAYS = 30
MOST = 200  # products


class Lost(Shelf, frozen=True):
    """One product, as the shelf has it now, and what was not sold of it."""

    times: int
    units: int
    total_cents: int
    last_at: datetime


class Sum(NamedTuple):
    """What was not sold at all."""

    times: int
    units: int
    total_cents: int


_SUMS = "count(*) AS times, sum(quantity) AS units, sum(quantity * unit_price_cents) AS total_cents"
_LOST = Prepared(
    LostSale.raw(
        f"SELECT {SHELF_COLUMNS}, s.times, s.units, s.total_cents, "
        "(SELECT happened_at FROM lost_sale WHERE id = s.last) FROM "
        f"(SELECT product, {_SUMS}, max(id) AS last FROM lost_sale "
        "WHERE happened_at >= {} GROUP BY product) s "
        "JOIN product ON product.id = s.product JOIN stock_level l ON l.product = s.product "
        "ORDER BY s.total_cents DESC, product.id LIMIT {}",
        Arg("since"),
        MOST,
    ),
    Lost,
)
_SUM = Prepared(
    LostSale.raw(
        "SELECT count(*), coalesce(sum(quantity), 0), coalesce(sum(quantity * unit_price_cents), 0)"
        " FROM lost_sale WHERE happened_at >= {}",
        Arg("since"),
    ),
    Sum,
)


async def report() -> list[Lost]:
    """The products that were missed in the last thirty days, the dearest first."""
    return await _LOST.all(since=_since())


async def total() -> Sum:
    """What all of them come to."""
    return await _SUM.one(since=_since())


def _since() -> datetime:
    return clock.now() - timedelta(DAYS)
