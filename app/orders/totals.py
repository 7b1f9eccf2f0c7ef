"""How many orders there are of each kind, and what was sold today."""

from typing import NamedTuple

from piccolo.querystring import QueryString

from app import clock
from app.database import Prepared
from app.orders.parts import ENDS, HELD, ended, midnight, since
from app.orders.tables import Order, OrderStatus

MOST_COUNTED = 1_000  # beyond it nobody is told how many


class Counts(NamedTuple):
    """How many each cut would leave, counted as far as MOST_COUNTED."""

    holds: int
    completed: int
    cancelled: int
    expired: int
    completed_today: int
    cancelled_today: int
    expired_today: int
    waiting: int

    @property
    def today(self) -> int:
        ended = self.completed_today + self.cancelled_today + self.expired_today
        return min(self.holds + ended, MOST_COUNTED)


def _count(where: QueryString, table: str = "orders") -> QueryString:
    counted = f"SELECT 1 FROM {table} WHERE {{}} LIMIT {MOST_COUNTED}"
    return QueryString(f"(SELECT count(*) FROM ({counted}) counted)", where)


_COUNTED = (
    _count(HELD),
    *(_count(QueryString(ended(status))) for status in ENDS),
    *(_count(since(status)) for status in ENDS),
    _count(QueryString("closed_at IS NULL"), "backorder"),
)
_COUNTS = Prepared(Order.raw(f"SELECT {', '.join('{}' for _ in _COUNTED)}", *_COUNTED), Counts)


async def counts() -> Counts:
    """How many orders each cut of the list would leave."""
    return await _COUNTS.one(now=clock.now(), since=midnight())


class Sold(NamedTuple):
    """What left the shop since a moment, and has neither been cancelled nor come back."""

    orders: int
    units: int
    total_cents: int
    given_back_cents: int  # for what came back of it


_SOLD = Prepared(
    Order.raw(
        "SELECT count(*), coalesce(sum(units), 0), coalesce(sum(total_cents - back), 0), "
        "coalesce(sum(back), 0) FROM (SELECT total_cents, "
        '(SELECT sum(quantity - returned) FROM order_line n WHERE n."order" = orders.id) AS units, '
        "(SELECT sum(returned * unit_price_cents) FROM order_line n "
        'WHERE n."order" = orders.id) AS back FROM orders WHERE {}) sold',
        since(OrderStatus.COMPLETED),
    ),
    Sold,
)


async def sold_today() -> Sold:
    """The sum under the list of today."""
    return await _SOLD.one(since=midnight())
