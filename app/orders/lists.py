"""The list of orders: cut, searched, and turned page by page along an index."""

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import msgspec

from app import clock
from app.catalog import queries as catalog
from app.database import Arg, Prepared
from app.errors import NotFound
from app.orders import parts, rows
from app.orders.parts import ENDS, Part
from app.orders.rows import ROW, Row
from app.orders.tables import Order

PAGE = 50


class Show(StrEnum):
    """What the list is cut to."""

    TODAY = "today"
    HOLDS = "holds"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WAITING = "waiting"  # no orders yet: who waits for what is not there
    ALL = "all"


_PARTS: Mapping[Show, Sequence[Part]] = {
    Show.TODAY: (Part.HELD, Part.OVER, Part.DAY),
    Show.HOLDS: (Part.HELD,),
    Show.COMPLETED: (Part.COMPLETED,),
    Show.CANCELLED: (Part.CANCELLED,),
    Show.EXPIRED: (Part.OVER, Part.EXPIRED),
    Show.WAITING: (),
    Show.ALL: (Part.EVERY,),
}

Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]  # as the database has them


class Place(NamedTuple):
    """A place in a list, behind or before one order; what a cursor says."""

    part: Part
    is_backward: bool
    place: datetime | Number
    last: Number

    @classmethod
    def of(cls, part: Part, row: Row, *, is_backward: bool = False) -> str:
        sorted_by = row.place
        if not isinstance(sorted_by, int):
            sorted_by = datetime.fromisoformat(str(sorted_by))
        place = cls(part, is_backward, sorted_by, row.id)
        return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


_BY_TIME = {Part.HELD, Part.OVER, Part.DAY, *map(Part, ENDS)}


def place(cursor: str) -> Place:
    """The place of a cursor; raises ValueError for one that we have not given out."""
    with suppress(msgspec.MsgspecError, ValueError, OverflowError):
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Place)
        if found.part not in _BY_TIME and isinstance(found.place, int):
            return found
        if found.part in _BY_TIME and isinstance(found.place, datetime):
            return found._replace(place=found.place.astimezone(UTC))
    raise ValueError("This is not a place in the list.")


class Page(msgspec.Struct, frozen=True):
    """One page of orders, and the cursors of its neighbours."""

    rows: Sequence[Row]
    previous: str | None = None
    next: str | None = None


async def page(
    show: Show = Show.TODAY, search: str = "", *, at: Place | None = None, limit: int = PAGE
) -> Page:
    """The orders of a list, ``limit`` of them at most, from the place ``at`` on.

    A search looks at all orders: at their number, their products' SKUs, customer and reference.
    """
    given: dict[str, Any] = {"now": clock.now(), "since": parts.midnight()}
    names = _PARTS[show]
    if search.strip():
        given |= await _meant(search.strip())
        names = (Part.NUMBER, Part.PRODUCT, Part.NAMED)
    if at and at.part not in names:
        at = None
    found = await _turn(names, at, limit + 1, given)
    is_backward = bool(at and at.is_backward)
    is_more = len(found) > limit
    found = found[:limit]
    if is_backward:
        found.reverse()
    has_previous = bool(found) and (is_more if is_backward else at is not None)
    has_next = bool(found) and (is_backward or is_more)
    return Page(
        [row for _, row in found],
        previous=Place.of(*found[0], is_backward=True) if has_previous else None,
        next=Place.of(*found[-1]) if has_next else None,
    )


async def _turn(
    names: Sequence[Part], at: Place | None, limit: int, given: Mapping[str, Any]
) -> list[tuple[Part, Row]]:
    """The rows behind a place, part after part; before it, the nearest first."""
    is_backward = bool(at and at.is_backward)
    here = names.index(at.part) if at else 0
    rest = names[here::-1] if is_backward else names[here:]
    found: list[tuple[Part, Row]] = []
    for part in rest:
        turned = at._asdict() if at and part is at.part else {}
        query = parts.read(part, is_turned=bool(turned), is_backward=is_backward)
        rows = await query.all(**{**turned, **given, "limit": limit - len(found)})
        found += [(part, row) for row in rows]
        if len(found) == limit:
            break
    return found


async def _meant(search: str) -> dict[str, Any]:
    """What a search can mean: a number, a product, a part of a name."""
    is_number = search.isascii() and search.isdecimal() and len(search) < 19
    name = "".join(f"\\{letter}" if letter in "%_\\" else letter for letter in search)
    return {
        "number": int(search) if is_number else 0,
        "product": await catalog.id_of(search) or 0,
        "name": f"%{name}%",
    }


_ONE = Prepared(
    Order.raw(
        f"{ROW}, o.id FROM orders o LEFT JOIN clerk c ON c.id = o.recalled_by "
        "WHERE o.id = {} AND o.status <> 'draft'",
        Arg("order"),
    ),
    rows.row,
)


async def row(order_id: int) -> Row:
    """One order as a list shows it, or NotFound."""
    found = await _ONE.first(order=order_id)
    if found is None:
        raise NotFound(f"There is no order {order_id}.")
    return found
