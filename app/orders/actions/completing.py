"""The goods leave with the customer: from the counter, or a hold that is handed over."""

from typing import Any

from piccolo.columns import Column

from app import clock
from app.database import Arg, Prepared, action
from app.orders import queries
from app.orders.actions.cart import to_close
from app.orders.actions.finding import enter_found
from app.orders.actions.lines import quantities_of, total
from app.orders.actions.refusals import CartChanged, OrderClosed
from app.orders.queries import IS_OPEN, ON_COUNTER
from app.orders.tables import Order, OrderStatus
from app.stock import actions as stock

_COMPLETED: dict[Column | str, Any] = {
    Order.status: OrderStatus.COMPLETED,
    Order.clerk: Arg("clerk"),
    Order.actor: Arg("actor"),
    Order.completed_at: Arg("now"),
    Order.recalled_by: None,
    Order.revision: Order.revision + 1,
}
_COMPLETE = Prepared(
    Order.update({**_COMPLETED, Order.total_cents: Arg("total_cents")})
    .where(Order.id == Arg("order"), Order.revision == Arg("revision"), ON_COUNTER)
    .returning(Order.id),
    int,
)
_HAND_OVER = Prepared(
    Order.update(_COMPLETED).where(Order.id == Arg("order"), IS_OPEN).returning(Order.id), int
)


@action
async def complete(order_id: int, revision: int, *, clerk: int, actor: str) -> queries.Placed:
    """What lies on the counter becomes a sale, exactly once, and its goods leave the shelf.

    Refuses an empty cart, one that changed since it was shown, one that was sold already, and
    shortages, all of them named. Then nothing is sold and the cart stays as it is.
    """
    cart = await to_close(order_id, clerk=clerk)
    sold = await _COMPLETE.first(
        order=order_id,
        revision=revision,
        clerk=clerk,
        actor=actor,
        total_cents=total((line.quantity, line.unit_price_cents) for line in cart.lines),
        now=clock.now(),
    )
    if sold is None:
        await to_close(order_id, clerk=clerk)  # somebody else was done with it meanwhile
        raise CartChanged
    leave = stock.hand_over
    if cart.status == OrderStatus.DRAFT:
        await enter_found(cart, actor=actor)
        leave = stock.sell
    await leave(quantities_of(cart.lines), order_id=order_id, actor=actor)
    return await queries.order(order_id)


@action
async def hand_over(order_id: int, *, actor: str, clerk: int | None = None) -> queries.Placed:
    """A hold becomes a sale, exactly once. Refuses one that is over."""
    sold = await _HAND_OVER.first(order=order_id, clerk=clerk, actor=actor, now=clock.now())
    order = await queries.order(order_id)
    if sold is None:
        raise OrderClosed(order)
    await stock.hand_over(quantities_of(order.lines), order_id=order_id, actor=actor)
    return await queries.order(order_id)
