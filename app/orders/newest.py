"""The newest orders for programs: cut by status or reference, turned page by page."""

import base64
import re
from collections.abc import Sequence
from typing import NamedTuple

from piccolo.querystring import QueryString

from app import clock
from app.database import Arg, Prepared
from app.orders import queries
from app.orders.queries import Placed
from app.orders.tables import Order, OrderStatus

PAGE = 50


class Page(NamedTuple):
    """One page of orders, and the cursor of the next."""

    orders: Sequence[Placed]
    next: str | None


# Those of one reference are few, so their status needs no index. A hold whose time is over is
# expired, also before the sweeper has come by.
_REFERENCED = Prepared(
    Order.raw(
        "SELECT id FROM orders WHERE reference <> '' AND reference = {} AND status <> 'draft' "
        "AND {} IN ('', CASE WHEN status = 'open' AND expires_at <= {} THEN 'expired' "
        "ELSE status END) AND id < {} ORDER BY id DESC LIMIT {}",
        Arg("reference"),
        Arg("status"),
        Arg("now"),
        Arg("before"),
        Arg("limit"),
    ),
    int,
)

_NO_SALE = "status <> 'draft' AND status <> 'completed'"  # in the words of the partial index
_EXPIRED = (
    "id IN (SELECT id FROM orders WHERE status = 'open' AND expires_at <= {} UNION ALL "
    f"SELECT id FROM (SELECT id FROM orders WHERE status = 'expired' AND {_NO_SALE} AND id < {{}} "
    "ORDER BY id DESC LIMIT {}) newest)"  # as many as can be on the page, and no more
)
_STATUS = {
    "": QueryString("status <> 'draft'"),
    OrderStatus.COMPLETED: QueryString("status = 'completed'"),  # as most are
    OrderStatus.CANCELLED: QueryString(f"status = 'cancelled' AND {_NO_SALE}"),
    OrderStatus.OPEN: QueryString(
        f"status = 'open' AND {_NO_SALE} AND expires_at > {{}}", Arg("now")
    ),
    OrderStatus.EXPIRED: QueryString(_EXPIRED, Arg("now"), Arg("before"), Arg("limit")),
}
_NEWEST = {
    status: Prepared(
        Order.raw(
            "SELECT id FROM orders WHERE {} AND id < {} ORDER BY id DESC LIMIT {}",
            condition,
            Arg("before"),
            Arg("limit"),
        ),
        int,
    )
    for status, condition in _STATUS.items()
}


async def page(
    *,
    status: OrderStatus | None = None,
    reference: str = "",
    before: int = 1 << 62,
    limit: int = PAGE,
) -> Page:
    """The orders that match, ``limit`` of them at most, older than the one of ``before``.

    Drafts are nobody's but their clerk's.
    """
    query = _REFERENCED if reference else _NEWEST[status or ""]
    found = await query.all(
        now=clock.now(),
        status=status or "",
        reference=reference,
        before=before,
        limit=limit + 1,
    )
    orders = [await queries.order(order_id) for order_id in found[:limit]]
    return Page(orders, cursor(found[limit - 1]) if len(found) > limit else None)


def cursor(order_id: int) -> str:
    return base64.urlsafe_b64encode(b"before %d" % order_id).decode()


def place(cursor: str) -> int:
    """Where a cursor leads; raises ValueError for one that we have not given out."""
    try:
        found = re.fullmatch(rb"before ([1-9][0-9]{0,17})", base64.urlsafe_b64decode(cursor))
    except ValueError:
        found = None
    if found is None:
        raise ValueError("This is not a place in the list.")
    return int(found[1])
