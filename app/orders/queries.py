"""What the shop asks of its orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from piccolo.columns.combination import WhereRaw

from app import clock
from app.database import Arg, Prepared
from app.errors import NotFound
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock.queries import SHELF_COLUMNS, Shelf


class Line(Shelf, frozen=True):
    """One line of an order, and its product as the shelf has it now."""

    quantity: int
    unit_price_cents: int
    returned: int
    promised: int  # of the quantity, what is reserved for this order already
    found: int  # of the quantity, in the clerk's hand and not in the books
    found_note: str

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_price_cents

    @property
    def left(self) -> int:
        """How many there will be once this line is sold; below zero it cannot be."""
        return self.available + self.promised + self.found - self.quantity

    @property
    def returnable(self) -> int:
        return self.quantity - self.returned


class Placed(msgspec.Struct, frozen=True):
    """An order, with its lines where they were asked for."""

    id: int
    status: str  # an OrderStatus
    actor: str
    reference: str
    customer: str
    total_cents: int
    revision: int
    created_at: datetime
    held_at: datetime | None
    expires_at: datetime | None
    recalled_by: int | None  # the clerk on whose counter a hold lies
    completed_at: datetime | None
    closed_at: datetime | None
    note: str
    lines: Sequence[Line] = ()

    @property
    def number(self) -> str:
        """What is printed on the receipt."""
        return str(self.id)

    @property
    def is_held(self) -> bool:
        return self.status == OrderStatus.OPEN

    @property
    def sum_cents(self) -> int:
        """What the lines come to; for a cart, whose total is not yet fixed."""
        return sum(line.total_cents for line in self.lines)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


_COLUMNS = (
    Order.id,
    Order.status,
    Order.actor,
    Order.reference,
    Order.customer,
    Order.total_cents,
    Order.revision,
    Order.created_at,
    Order.held_at,
    Order.expires_at,
    Order.recalled_by,
    Order.completed_at,
    Order.closed_at,
    Order.note,
)


def _placed(*columns: Any) -> Placed:
    """A hold whose time is over is expired, also before the sweeper has come by."""
    order = Placed(*columns)
    if order.status == OrderStatus.OPEN and order.expires_at and order.expires_at <= clock.now():
        return msgspec.structs.replace(order, status=OrderStatus.EXPIRED)
    return order


# A hold whose time is over is nobody's any more, whether the sweeper has come by or not. States are
# written out, not given, so that SQLite knows without looking that a partial index will do.
IS_OPEN = WhereRaw("status = 'open' AND expires_at > {}", Arg("now"))
IS_DUE = WhereRaw("status = 'open' AND expires_at <= {}", Arg("now"))
# The order on a clerk's counter: the draft, or a hold that was recalled and is not over.
ON_COUNTER = WhereRaw(
    "(status = 'draft' AND clerk = {} OR status = 'open' AND recalled_by = {} AND expires_at > {})",
    Arg("clerk"),
    Arg("clerk"),
    Arg("now"),
)
_ORDER = Prepared(Order.select(*_COLUMNS).where(Order.id == Arg("id")), _placed)
_CART = Prepared(
    Order.select(*_COLUMNS)
    .where(ON_COUNTER)
    .order_by(Order.status, ascending=False)  # a hold that was recalled lies on top
    .limit(1),
    Placed,
)
_LAST_SALE = Prepared(
    Order.select(*_COLUMNS)
    .where(Order.clerk == Arg("clerk"), WhereRaw("status = 'completed'"))
    .order_by(Order.completed_at, ascending=False)
    .limit(1),
    Placed,
)
_LINES = Prepared(
    OrderLine.raw(
        f"SELECT {SHELF_COLUMNS}, n.quantity, n.unit_price_cents, n.returned, "
        "CASE WHEN o.status = 'open' THEN n.quantity ELSE 0 END, n.found, n.found_note "
        'FROM order_line n JOIN orders o ON o.id = n."order" '
        "JOIN product ON product.id = n.product "
        "JOIN stock_level l ON l.product = product.id "
        'WHERE n."order" = {} ORDER BY n.position DESC, n.id',
        Arg("order"),
    ),
    Line,
)


async def order(order_id: int) -> Placed:
    """One order with its lines, or NotFound. A draft is nobody's but its clerk's: see ``cart``."""
    found = await _ORDER.first(id=order_id)
    if found is None or found.status == OrderStatus.DRAFT:
        raise NotFound(f"There is no order {order_id}.")
    return await _with_lines(found)


async def cart(clerk: int) -> Placed | None:
    """What stands on this clerk's counter, newest line first: a hold that was recalled, or else the
    draft; None when nothing does."""
    found = await _CART.first(clerk=clerk, now=clock.now())
    return await _with_lines(found) if found else None


async def last_sale(clerk: int) -> Placed | None:
    """The sale this clerk completed last."""
    found = await _LAST_SALE.first(clerk=clerk)
    return await _with_lines(found) if found else None


async def _with_lines(found: Placed) -> Placed:
    return msgspec.structs.replace(found, lines=await _LINES.all(order=found.id))


_IS_ANY_DUE = Prepared(Order.select(Order.id).where(IS_DUE).limit(1), int)


async def is_any_due() -> bool:
    """Whether the time of some hold is over."""
    return await _IS_ANY_DUE.first(now=clock.now()) is not None
