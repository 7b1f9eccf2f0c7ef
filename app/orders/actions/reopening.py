"""What undoing an action means for its order: the order's last step is taken back.

The events of the step say what it was; the stock itself is moved by ``stock.actions.undo``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from piccolo.columns.combination import WhereRaw

from app import clock, words
from app.database import Arg, Prepared
from app.orders import queries
from app.orders.actions.cart import lay_out
from app.orders.actions.closing import TOUCH_OPEN
from app.orders.actions.lines import ADD_LINE, RAISE_LINE, TakenOut, lower, set_total
from app.orders.actions.returning import note_all_back
from app.orders.queries import Placed
from app.orders.tables import LineReturn, LineTakenOut, Order, OrderLine, OrderStatus
from app.stock import log
from app.stock.actions import CannotUndo
from app.stock.log import Logged
from app.stock.tables import EventKind

AT_LEAST = timedelta(minutes=10)  # how long a hold lasts that is open again

_FLIP = Prepared(
    Order.update(
        {
            Order.status: Arg("to"),
            Order.completed_at: Arg("completed_at"),
            Order.closed_at: Arg("closed_at"),
            Order.expires_at: Arg("expires_at"),
            Order.note: "",
            Order.recalled_by: None,
            Order.revision: Order.revision + 1,
        }
    )
    .where(
        Order.id == Arg("order"),
        Order.status == Arg("status"),
        WhereRaw("(status <> 'open' OR expires_at > {})", Arg("now")),
    )
    .returning(Order.id),
    int,
)
_TOUCH = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"))
    .returning(Order.revision),
    int,
)
_TAKEN_OUT = Prepared(
    LineTakenOut.select(LineTakenOut.unit_price_cents, LineTakenOut.position).where(
        LineTakenOut.event == Arg("event")
    ),
    TakenOut,
)
_RETURNS = Prepared(
    LineReturn.raw(
        "DELETE FROM line_return WHERE event = {} RETURNING line, quantity", Arg("event")
    ),
    lambda line, quantity: {"line": line, "units": quantity},
)
_TAKEN_BACK_LESS = Prepared(
    OrderLine.update({OrderLine.returned: OrderLine.returned - Arg("units")})
    .where(OrderLine.id == Arg("line"), WhereRaw('"returned" >= {}', Arg("units")))
    .returning(OrderLine.id),
    int,
)


async def take_back_step(order_id: int, events: Sequence[Logged], *, clerk: int, actor: str) -> str:
    """Bring the order to where it was before these events. Returns what to say.

    Refuses if something has happened to the order since.
    """
    await _TOUCH.one(order=order_id)  # nobody else changes it meanwhile
    order = await queries.order(order_id)
    if order.status == OrderStatus.EXPIRED:
        raise _closed(order)
    if later := await log.later_event_of_order(order_id, events[0].id):
        raise CannotUndo(
            f"order {order.number} has changed since, {words.when(later.happened_at)}, "
            f"by {later.actor}."
        )
    if order.recalled_by not in {None, clerk}:
        raise CannotUndo(f"order {order.number} lies on another counter now.")
    kinds = {event.kind for event in events}
    if EventKind.SOLD in kinds:
        if any(event.reserved_change for event in events):
            return await _hold_again(order)
        return await _unsell(order, clerk=clerk, actor=actor)
    if EventKind.RETURNED in kinds:
        return await _unreturn(order, events)
    if EventKind.RESERVED in kinds and await log.first_event_of_order(order_id) == events[-1].id:
        return await _unhold(order, clerk=clerk, actor=actor)
    if order.status == OrderStatus.CANCELLED:
        return await _hold_again(order)
    return await _change_lines(order, events)


async def _unsell(order: Placed, *, clerk: int, actor: str) -> str:
    await _flip(order, OrderStatus.COMPLETED, OrderStatus.CANCELLED)
    await note_all_back(order.id)
    return f"Sale {order.number} undone{await _laid_out(order, clerk=clerk, actor=actor)}."


async def _unhold(order: Placed, *, clerk: int, actor: str) -> str:
    await _flip(order, OrderStatus.OPEN, OrderStatus.CANCELLED)
    return f"Hold {order.number} undone{await _laid_out(order, clerk=clerk, actor=actor)}."


async def _hold_again(order: Placed) -> str:
    """A hold that was handed over, or cancelled, is open again, for a while at least."""
    least = clock.now() + AT_LEAST
    expires_at = max(order.expires_at or least, least)
    await _flip(order, OrderStatus(order.status), OrderStatus.OPEN, expires_at)
    return f"Order {order.number} is on hold again until {words.time(expires_at)}."


async def _unreturn(order: Placed, events: Sequence[Logged]) -> str:
    if order.closed_at and order.closed_at > events[0].happened_at:  # with nothing left to return
        raise _closed(order)
    for event in events:
        for units in await _RETURNS.all(event=event.id):
            await _TAKEN_BACK_LESS.one(**units)
    if order.status == OrderStatus.CANCELLED:
        await _flip(order, OrderStatus.CANCELLED, OrderStatus.COMPLETED)
        return f"Order {order.number} is completed again."
    return f"The return to order {order.number} is undone."


async def _change_lines(order: Placed, events: Sequence[Logged]) -> str:
    """More or less was reserved for a hold."""
    if await TOUCH_OPEN.first(order=order.id, now=clock.now()) is None:
        raise _closed(order)
    for event in events:
        units = -event.reserved_change
        if units < 0:
            await lower(order.id, event.product, -units)
        elif await RAISE_LINE.first(order=order.id, product=event.product, units=units) is None:
            await _add_line(order, event, units)
    await set_total(order.id)
    return f"The change of order {order.number} is undone."


async def _add_line(order: Placed, event: Logged, units: int) -> None:
    """As it was, also at the price that it had."""
    was = await _TAKEN_OUT.first(event=event.id)
    if was is None:  # by an older program
        raise CannotUndo(f"the price of {event.sku} is not known. Scan it anew instead.")
    line = {"order": order.id, "product": event.product, "quantity": units}
    await ADD_LINE.each([{**line, **was._asdict()}])


async def _laid_out(order: Placed, *, clerk: int, actor: str) -> str:
    if await lay_out(order.lines, clerk=clerk, actor=actor):
        return "; its lines are on the counter again"
    return ""


async def _flip(
    order: Placed, status: OrderStatus, to: OrderStatus, expires_at: datetime | None = None
) -> None:
    now = clock.now()
    flipped = await _FLIP.first(
        order=order.id,
        status=status,
        to=to,
        completed_at=None if to is OrderStatus.OPEN else order.completed_at,
        closed_at=now if to is OrderStatus.CANCELLED else None,
        expires_at=expires_at or order.expires_at,
        now=now,
    )
    if flipped is None:
        raise _closed(await queries.order(order.id))


def _closed(order: Placed) -> CannotUndo:
    return CannotUndo(f"order {order.number} is {order.status} by now.")
