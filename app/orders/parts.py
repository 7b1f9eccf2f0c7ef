"""The parts that lists of orders are put together from, each read along an index of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from piccolo.querystring import QueryString

from app import clock, words
from app.database import Arg, Prepared
from app.orders.rows import ROW, Row, row
from app.orders.tables import Order, OrderStatus
from app.settings import settings


class Part(StrEnum):
    """Orders that stand together in a list."""

    HELD = "held"  # what ends first stands first; in every other part what is newest
    OVER = "over"  # held too long, and the sweeper has not come by yet
    DAY = "day"  # whatever ended since a moment
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EVERY = "every"
    NUMBER = "number"  # the one that was asked for
    PRODUCT = "product"  # in which a product is, or was
    NAMED = "named"  # in whose customer or reference a text is


# The words of these conditions are those of the partial indexes, or the indexes are not used.
_ENDED_AT = "coalesce(closed_at, completed_at)"
_NAME = "lower(customer || ' ' || reference)"


class _Found(NamedTuple):
    """How the orders of a part are found, and by what they are sorted."""

    place: str
    where: QueryString
    id: str = "id"
    table: str = "orders"


def ended(status: OrderStatus) -> str:
    return f"status = '{status}' AND status IN ('completed', 'cancelled', 'expired')"


def since(status: OrderStatus) -> QueryString:
    return QueryString(f"{ended(status)} AND {_ENDED_AT} >= {{}}", Arg("since"))


ENDS = (OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)
HELD = QueryString("status = 'open' AND expires_at > {}", Arg("now"))
_FOUND: Mapping[Part, Sequence[_Found]] = {
    Part.HELD: [_Found("expires_at", HELD)],
    Part.OVER: [
        _Found("expires_at", QueryString("status = 'open' AND expires_at <= {}", Arg("now")))
    ],
    Part.DAY: [_Found(_ENDED_AT, since(status)) for status in ENDS],
    **{Part(status): [_Found(_ENDED_AT, QueryString(ended(status)))] for status in ENDS},
    Part.EVERY: [_Found("id", QueryString("status <> 'draft'"))],
    Part.NUMBER: [_Found("id", QueryString("id = {} AND status <> 'draft'", Arg("number")))],
    Part.PRODUCT: [
        _Found(  # each order once, by the last that happened to it
            "e.id",
            QueryString(
                "e.product = {} AND e.order_id <> {} AND NOT EXISTS (SELECT 1 FROM stock_event l "
                "WHERE l.order_id = e.order_id AND l.product = e.product AND l.id > e.id)",
                Arg("product"),
                Arg("number"),
            ),
            id="e.order_id",
            table="stock_event e",
        )
    ],
    Part.NAMED: [
        _Found(
            "id",
            QueryString(
                f"(customer <> '' OR reference <> '') AND {_NAME} LIKE lower({{}}) ESCAPE '\\' "
                "AND status <> 'draft' AND id <> {} AND NOT EXISTS (SELECT 1 FROM stock_event e "
                "WHERE e.order_id = orders.id AND e.product = {})",
                Arg("name"),
                Arg("number"),
                Arg("product"),
            ),
        )
    ],
}


@cache
def read(part: Part, *, is_turned: bool, is_backward: bool) -> Prepared[Row]:
    """Some orders of a part, behind or before a place in it."""
    is_rising = (part is Part.HELD) is not is_backward
    order = "place ASC, id ASC" if is_rising else "place DESC, id DESC"
    found = [_select(each, ">" if is_rising else "<", is_turned) for each in _FOUND[part]]
    return Prepared(
        Order.raw(
            f"{ROW}, found.place FROM ({' UNION ALL '.join('{}' for _ in found)} "
            f"ORDER BY {order} LIMIT {{}}) found JOIN orders o ON o.id = found.id "
            "LEFT JOIN clerk c ON c.id = o.recalled_by "
            f"ORDER BY found.{order.replace(', ', ', found.')}",
            *found,
            Arg("limit"),
        ),
        row,
    )


def _select(found: _Found, side: str, is_turned: bool) -> QueryString:
    select = f"SELECT {found.id} AS id, {found.place} AS place FROM {found.table} WHERE {{}}"
    if not is_turned:
        return QueryString(select, found.where)
    # SQLite seeks by the first of these; the second parts orders of the same moment.
    behind = f"{found.place} {side}= {{}} AND ({found.place}, {found.id}) {side} ({{}}, {{}})"
    return QueryString(
        f"{select} AND {behind}", found.where, Arg("place"), Arg("place"), Arg("last")
    )


def midnight() -> datetime:
    """When today began in the shop."""
    return datetime.combine(words.local(clock.now()).date(), time(), settings.timezone)
