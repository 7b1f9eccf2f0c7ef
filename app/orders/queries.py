"""What the shop asks of its orders."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.database import Arg, Prepared
from app.errors import NotFound
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock.queries import SHELF_COLUMNS, Shelf


class Line(Shelf, frozen=True):
    """One line of an order, and its product as the shelf has it now."""

    quantity: int
    unit_price_cents: int
    returned: int

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_price_cents

    @property
    def left(self) -> int:
        """How many there will be once this line is sold; below zero it cannot be."""
        return self.available - self.quantity


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
    expires_at: datetime | None
    completed_at: datetime | None
    lines: Sequence[Line] = ()

    @property
    def number(self) -> str:
        """What is printed on the receipt."""
        return str(self.id)

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
    Order.expires_at,
    Order.completed_at,
)
_ORDER = Prepared(Order.select(*_COLUMNS).where(Order.id == Arg("id")), Placed)
_CART = Prepared(
    Order.select(*_COLUMNS).where(Order.clerk == Arg("clerk"), Order.status == OrderStatus.DRAFT),
    Placed,
)
_LAST_SALE = Prepared(
    Order.select(*_COLUMNS)
    .where(Order.clerk == Arg("clerk"), Order.status == OrderStatus.COMPLETED)
    .order_by(Order.completed_at, ascending=False)
    .limit(1),
    Placed,
)
_LINES = Prepared(
    OrderLine.raw(
        f"SELECT {SHELF_COLUMNS}, n.quantity, n.unit_price_cents, n.returned "
        "FROM order_line n JOIN product ON product.id = n.product "
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
    """What stands on this clerk's counter, newest line first; None when nothing does."""
    found = await _CART.first(clerk=clerk)
    return await _with_lines(found) if found else None


async def last_sale(clerk: int) -> Placed | None:
    """The sale this clerk completed last."""
    found = await _LAST_SALE.first(clerk=clerk)
    return await _with_lines(found) if found else None


async def _with_lines(found: Placed) -> Placed:
    return msgspec.structs.replace(found, lines=await _LINES.all(order=found.id))
