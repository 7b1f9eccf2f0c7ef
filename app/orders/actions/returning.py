"""Goods that come back."""

from collections.abc import Mapping
from typing import NamedTuple

from piccolo.columns.combination import WhereRaw

from app import words
from app.database import Arg, Prepared, action
from app.errors import Refusal
from app.orders import queries
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock import actions as stock


class OrderClosed(Refusal):
    kind = "order-closed"
    title = "The order is closed"

    def __init__(self, order: queries.Placed) -> None:
        self.order = order
        when = f", {words.when(order.completed_at)}" if order.completed_at else ""
        super().__init__(f"Order {order.number} is {order.status} already{when}.")


class OverReturned(Refusal):
    kind = "over-returned"
    title = "More than was sold"

    def __init__(self, order: queries.Placed) -> None:
        super().__init__(f"More would come back than order {order.number} sold.")


class _Open(NamedTuple):
    id: int
    left: int


_LOCK = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"), Order.status == OrderStatus.COMPLETED)
    .returning(Order.id),
    int,
)
_RETURNABLE = Prepared(
    OrderLine.select(OrderLine.id, OrderLine.quantity - OrderLine.returned)
    .where(OrderLine.order == Arg("order"), OrderLine.product == Arg("product"))
    .order_by(OrderLine.id),
    _Open,
)
_TAKE_BACK = Prepared(
    OrderLine.update({OrderLine.returned: OrderLine.returned + Arg("units")})
    .where(
        OrderLine.id == Arg("line"),
        WhereRaw('"returned" + {} <= "quantity"', Arg("units")),
    )
    .returning(OrderLine.id),
    int,
)


@action
async def take_back(order_id: int, quantities: Mapping[int, int], *, actor: str) -> None:
    """Units of a completed order come back to the shelf, per product.

    Refuses an order that is not completed, and more than was sold and has not come back yet.
    """
    if await _LOCK.first(order=order_id) is None:
        raise OrderClosed(await queries.order(order_id))
    for product, quantity in sorted(quantities.items()):
        rest = quantity
        for line in await _RETURNABLE.all(order=order_id, product=product):
            units = min(rest, line.left)
            if units and await _TAKE_BACK.first(line=line.id, units=units):
                rest -= units
        if rest:
            raise OverReturned(await queries.order(order_id))
    await stock.put_back(quantities, order_id=order_id, actor=actor)
