"""Orders as a list: cut by status or reference, the newest first, turned page by page."""

import base64
import re
from collections.abc import Sequence
from functools import cache
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


# A hold whose time is over is expired, also before the sweeper has come by. Of those, and of the
# expired ones, only as many are looked at as the page has, so that each is found by its index.
_EXPIRED = (
    "id IN (SELECT id FROM orders WHERE status = 'open' AND expires_at <= {} UNION ALL "
    "SELECT id FROM (SELECT id FROM orders WHERE status = 'expired' AND id < {} "
    "ORDER BY id DESC LIMIT {}) newest)"
)


def _status(status: OrderStatus | None, *, is_found: bool) -> QueryString:
    column = "status || ''" if is_found else "status"  # found by its reference, of which are few
    if status is None:
        return QueryString("status <> 'draft'")
    if status is OrderStatus.OPEN:
        return QueryString(f"{column} = 'open' AND expires_at > {{}}", Arg("now"))
    if status is OrderStatus.EXPIRED:
        if is_found:
            return QueryString(
                f"({column} = 'expired' OR {column} = 'open' AND expires_at <= {{}})", Arg("now")
            )
        return QueryString(_EXPIRED, Arg("now"), Arg("before"), Arg("limit"))
    return QueryString(f"{column} = {{}}", status.value)


@cache
def _list(status: OrderStatus | None, *, is_found: bool) -> Prepared[int]:
    conditions = [QueryString("id < {}", Arg("before")), _status(status, is_found=is_found)]
    if is_found:
        conditions.append(QueryString("reference <> '' AND reference = {}", Arg("reference")))
    return Prepared(
        Order.raw(
            f"SELECT id FROM orders WHERE {' AND '.join('{}' for _ in conditions)} "
            "ORDER BY id DESC LIMIT {}",
            *conditions,
            Arg("limit"),
        ),
        int,
    )


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
    found = await _list(status, is_found=bool(reference)).all(
        now=clock.now(), reference=reference, before=before, limit=limit + 1
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
