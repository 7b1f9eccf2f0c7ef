"""Holds: a cart is parked or put aside with its stock, recalled at any counter, kept for longer."""

from datetime import datetime, timedelta
from typing import Any

from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw

from app import clock
from app.database import DB, Arg, Prepared, action
from app.orders import queries
from app.orders.actions.cart import to_close
from app.orders.actions.finding import enter_found
from app.orders.actions.lines import quantities_of, total
from app.orders.actions.refusals import CartChanged, CounterTaken, ExtendedMeanwhile, OrderClosed
from app.orders.queries import IS_OPEN, ON_COUNTER
from app.orders.tables import HoldChange, Order, OrderStatus
from app.stock import actions as stock

MOST_TOLD = 2_000  # changes that are kept; a screen that missed half as many looks anew

_HOLD = Prepared(
    Order.update(
        {
            Order.status: OrderStatus.OPEN,
            Order.actor: Arg("actor"),
            Order.customer: Arg("customer"),
            Order.total_cents: Arg("total_cents"),
            Order.held_at: Arg("now"),
            Order.expires_at: Arg("expires_at"),
            Order.recalled_by: None,
            Order.revision: Order.revision + 1,
        }
    )
    .where(
        Order.id == Arg("order"),
        Order.revision == Arg("revision"),
        ON_COUNTER,
    )
    .returning(Order.id),
    int,
)
_PUT_AWAY = Prepared(
    Order.update({Order.recalled_by: None, Order.revision: Order.revision + 1})
    .where(Order.recalled_by == Arg("clerk"), WhereRaw("status = 'open'"))
    .returning(Order.id),
    int,
)
_RECALL = Prepared(
    Order.update({Order.recalled_by: Arg("clerk"), Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"), IS_OPEN)
    .returning(Order.id),
    int,
)
_LATER: dict[Column | str, Any] = {
    Order.held_at: Arg("now"),
    Order.expires_at: Arg("expires_at"),
}
_EXTEND = Prepared(
    Order.update(_LATER).where(Order.id == Arg("order"), IS_OPEN).returning(Order.id), int
)
_EXTEND_AS_SEEN = Prepared(
    Order.update(_LATER)
    .where(Order.id == Arg("order"), IS_OPEN, Order.expires_at == Arg("seen"))
    .returning(Order.id),
    int,
)
_TELL = Prepared(HoldChange.insert(HoldChange(order=Arg("order"))).returning(HoldChange.id), int)
_FORGET = Prepared(HoldChange.raw("DELETE FROM hold_change WHERE id <= {}", Arg("upto")), int)


@action
async def hold(
    order_id: int,
    revision: int,
    *,
    clerk: int,
    actor: str,
    expires_in: timedelta,
    customer: str = "",
) -> queries.Placed:
    """The order on the counter is put aside with its stock; a recalled one ends no sooner.

    Refuses an empty cart, one that changed since it was shown, and shortages, all of them named.
    """
    cart = await to_close(order_id, clerk=clerk)
    now = clock.now()
    ends = now + expires_in
    if cart.is_held and cart.expires_at:  # what was promised to a customer is not cut short
        ends = max(ends, cart.expires_at)
    held = await _HOLD.first(
        order=order_id,
        revision=revision,
        clerk=clerk,
        actor=actor,
        customer=customer or cart.customer,
        total_cents=total((line.quantity, line.unit_price_cents) for line in cart.lines),
        now=now,
        expires_at=ends,
    )
    if held is None:
        raise CartChanged
    if cart.status == OrderStatus.DRAFT:
        await enter_found(cart, actor=actor)
        await stock.reserve(quantities_of(cart.lines), order_id=order_id, actor=actor)
    else:
        await _tell(order_id)
    return await queries.order(order_id)


@action
async def recall(order_id: int, *, clerk: int, at_least: timedelta) -> queries.Placed:
    """A hold comes to this clerk's counter, with its stock, for ``at_least`` so long.

    Another hold that lies there goes back; another cart is refused. Whoever had it on the counter
    before has it no longer.
    """
    await DB.turn("counter", clerk)
    cart = await queries.cart(clerk)
    if cart and cart.status == OrderStatus.DRAFT and cart.lines:
        raise CounterTaken
    for other in await _PUT_AWAY.all(clerk=clerk):
        await _tell(other)
    now = clock.now()
    if await _RECALL.first(order=order_id, clerk=clerk, now=now) is None:
        raise OrderClosed(await queries.order(order_id))
    await _tell(order_id)
    order = await queries.order(order_id)
    if order.expires_at and order.expires_at < now + at_least:
        return await extend(order_id, at_least)
    return order


@action
async def extend(
    order_id: int, expires_in: timedelta, *, seen: datetime | None = None
) -> queries.Placed:
    """A hold lasts for so long from now on.

    Refuses one that is over, and one whose end is not what was ``seen``: a colleague's was later.
    """
    now = clock.now()
    extend = _EXTEND_AS_SEEN if seen else _EXTEND
    held: dict[str, Any] = {"order": order_id, "now": now, "expires_at": now + expires_in}
    if await extend.first(**held, seen=seen) is None:
        order = await queries.order(order_id)
        raise ExtendedMeanwhile(order) if order.is_held else OrderClosed(order)
    await _tell(order_id)
    return await queries.order(order_id)


async def _tell(order_id: int) -> None:
    """Let other screens hear of a change that is in no event; the oldest are forgotten."""
    newest = await _TELL.one(order=order_id)
    await _FORGET.all(upto=newest - MOST_TOLD)
