"""The end of an order that is no sale: cancelled, released, expired. A guarded flip decides."""

from datetime import datetime
from typing import NamedTuple

from piccolo.columns.combination import WhereRaw

from app import clock
from app.database import Arg, Prepared, action
from app.orders import queries
from app.orders.actions.lines import lower, quantities_of, set_total
from app.orders.actions.refusals import OrderClosed, OverReleased
from app.orders.actions.returning import put_back
from app.orders.queries import IS_DUE, IS_OPEN
from app.orders.tables import LineTakenOut, Order, OrderStatus
from app.stock import actions as stock

SWEEPER = "Onhand"  # who lets holds expire


class _Closed(NamedTuple):
    id: int
    completed_at: datetime | None


_CANCEL = Prepared(
    Order.update(
        {
            Order.status: OrderStatus.CANCELLED,
            Order.closed_at: Arg("now"),
            Order.note: Arg("note"),
            Order.recalled_by: None,
            Order.revision: Order.revision + 1,
        }
    )
    .where(
        Order.id == Arg("order"),
        WhereRaw("(status = 'completed' OR status = 'open' AND expires_at > {})", Arg("now")),
        WhereRaw("({} = '' OR status = {})", Arg("seen"), Arg("seen")),
    )
    .returning(Order.id, Order.completed_at),
    _Closed,
)
_EXPIRE = Prepared(
    Order.update(
        {
            Order.status: OrderStatus.EXPIRED,
            Order.closed_at: Arg("now"),
            Order.recalled_by: None,
            Order.revision: Order.revision + 1,
        }
    )
    .where(Order.id == Arg("order"), IS_DUE)
    .returning(Order.id),
    int,
)
_KEEP_LINE = Prepared(
    LineTakenOut.insert(
        LineTakenOut(
            event=Arg("event"),
            unit_price_cents=Arg("unit_price_cents"),
            position=Arg("position"),
        )
    ).returning(LineTakenOut.id),
    int,
)
TOUCH_OPEN = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"), IS_OPEN)
    .returning(Order.revision),
    int,
)


@action
async def cancel(
    order_id: int, *, actor: str, note: str = "", seen: OrderStatus | None = None
) -> queries.Placed:
    """An open order is released; of a completed one, what has not come back yet is put back.

    Refuses one that is not what it was ``seen`` as: a hold that became a sale meanwhile.
    """
    closed = await _CANCEL.first(order=order_id, note=note, seen=seen or "", now=clock.now())
    order = await queries.order(order_id)
    if closed is None:
        raise OrderClosed(order)
    if closed.completed_at is None:
        await stock.release(quantities_of(order.lines), order_id=order_id, actor=actor)
    else:
        await put_back(order_id, actor=actor)
    return await queries.order(order_id)


@action
async def release(
    order_id: int, product: int, quantity: int | None, *, actor: str
) -> queries.Placed:
    """Give back some of what an open order has reserved of a product, or all of it for None.

    With its last unit the order is cancelled. Refuses more than it has reserved.
    """
    if await TOUCH_OPEN.first(order=order_id, now=clock.now()) is None:
        raise OrderClosed(await queries.order(order_id))
    order = await queries.order(order_id)
    held = quantities_of(order.lines)
    quantity = held[product] if quantity is None else quantity
    if quantity > held[product]:
        raise OverReleased(order)
    if quantity == held.total():
        return await cancel(order_id, actor=actor)
    taken_out = await lower(order_id, product, quantity)
    await set_total(order_id)
    events = await stock.release({product: quantity}, order_id=order_id, actor=actor)
    if taken_out:
        await _KEEP_LINE.one(event=events[product], **taken_out._asdict())
    return await queries.order(order_id)


@action
async def expire(order_id: int) -> bool:
    """Release a hold whose time is over. Whether it was this that did."""
    if await _EXPIRE.first(order=order_id, now=clock.now()) is None:
        return False
    order = await queries.order(order_id)
    await stock.release(
        quantities_of(order.lines), order_id=order_id, actor=SWEEPER, reason=OrderStatus.EXPIRED
    )
    return True
