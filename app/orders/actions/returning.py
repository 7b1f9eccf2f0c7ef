"""Goods that come back, or will not: to the shelf, damaged, gone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from piccolo.columns.combination import WhereRaw

from app.database import Arg, Prepared, action
from app.orders import queries
from app.orders.actions.lines import per_product
from app.orders.actions.refusals import OrderClosed, OverReturned
from app.orders.tables import Condition, LineReturn, Order, OrderLine, OrderStatus
from app.stock import actions as stock


class Back(NamedTuple):
    """Units of one product of an order, and how they come back."""

    product: int
    quantity: int
    condition: Condition = Condition.SHELF


class _Returnable(NamedTuple):
    id: int
    product: int
    left: int


class _Part(NamedTuple):
    """Units of one line that come back in one condition."""

    line: int
    product: int
    units: int
    condition: Condition


_LOCK = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"), Order.status == OrderStatus.COMPLETED)
    .returning(Order.id),
    int,
)
_RETURNABLE = Prepared(
    OrderLine.select(OrderLine.id, OrderLine.product, OrderLine.quantity - OrderLine.returned)
    .where(OrderLine.order == Arg("order"), OrderLine.returned < OrderLine.quantity)
    .order_by(OrderLine.id),
    _Returnable,
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
_NOTE = Prepared(
    LineReturn.insert(
        LineReturn(
            line=Arg("line"),
            quantity=Arg("quantity"),
            condition=Arg("condition"),
            event=Arg("event"),
        )
    ),
    int,
)


@action
async def take_back(order_id: int, backs: Sequence[Back], *, actor: str) -> queries.Placed:
    """Units of a completed order come back, per product and condition.

    Refuses an order that is not completed, and more than was sold and has not come back yet.
    """
    if await _LOCK.first(order=order_id) is None:
        raise OrderClosed(await queries.order(order_id))
    lines = await _RETURNABLE.all(order=order_id)
    left = {line.id: line.left for line in lines}
    parts = []
    for back in backs:
        rest = back.quantity
        for line in lines:
            if line.product == back.product and (units := min(rest, left[line.id])):
                parts.append(_Part(line.id, line.product, units, back.condition))
                left[line.id] -= units
                rest -= units
        if rest:
            raise OverReturned(await queries.order(order_id))
    await _return(order_id, parts, actor=actor)
    return await queries.order(order_id)


async def put_back(order_id: int, *, actor: str) -> None:
    """All of an order that has not come back yet returns to the shelf."""
    lines = await _RETURNABLE.all(order=order_id)
    parts = [_Part(line.id, line.product, line.left, Condition.SHELF) for line in lines]
    await _return(order_id, parts, actor=actor)


async def note_all_back(order_id: int) -> None:
    """All of an order has come back. Whoever says so also moves the stock."""
    for line in await _RETURNABLE.all(order=order_id):
        await _TAKE_BACK.one(line=line.id, units=line.left)
        await _NOTE.all(line=line.id, quantity=line.left, condition=Condition.SHELF, event=None)


async def _return(order_id: int, parts: Sequence[_Part], *, actor: str) -> None:
    for part in parts:
        if await _TAKE_BACK.first(line=part.line, units=part.units) is None:
            raise OverReturned(await queries.order(order_id))
    for condition in Condition:
        chosen = [part for part in parts if part.condition == condition]
        quantities = _sums(chosen)
        if condition is Condition.SHELF:
            events = await stock.put_back(quantities, order_id=order_id, actor=actor)
        else:
            events = await stock.write_off(
                quantities, reason=condition, order_id=order_id, actor=actor
            )
        await _NOTE.each(
            {
                "line": part.line,
                "quantity": part.units,
                "condition": condition,
                "event": events[part.product],
            }
            for part in chosen
        )


def _sums(parts: Iterable[_Part]) -> Counter[int]:
    return per_product((part.product, part.units) for part in parts)
