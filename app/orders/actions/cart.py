"""The order on a clerk's counter, kept on the server: a draft, or a hold that was recalled."""

from collections.abc import Sequence
from typing import NamedTuple

from app import clock
from app.catalog import queries as catalog
from app.database import DB, Arg, Prepared, action
from app.fields import MOST_UNITS
from app.orders import queries
from app.orders.actions.closing import release
from app.orders.actions.lines import ADD_LINE, MOST_LINES, REMOVE_LINE, set_total
from app.orders.actions.refusals import (
    CartChanged,
    CartFull,
    EmptyCart,
    LineGone,
    NotSold,
    OrderClosed,
    TooMany,
)
from app.orders.queries import ON_COUNTER
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock import actions as stock


class _Cart(NamedTuple):
    id: int
    status: str

    @property
    def is_held(self) -> bool:
        return self.status == OrderStatus.OPEN


class _InCart(NamedTuple):
    quantity: int
    position: int


_NEW_CART = Prepared(
    Order.insert(
        Order(
            status=OrderStatus.DRAFT,
            clerk=Arg("clerk"),
            actor=Arg("actor"),
            total_cents=0,
            revision=0,
            created_at=Arg("now"),
        )
    ).returning(Order.id),
    int,
)
_CART = Prepared(
    Order.select(Order.id, Order.status)
    .where(ON_COUNTER)
    .order_by(Order.status, ascending=False)  # a hold that was recalled lies on top
    .limit(1),
    _Cart,
)
_TOUCH = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"), ON_COUNTER)
    .returning(Order.revision),
    int,
)
_IN_CART = Prepared(
    OrderLine.select(OrderLine.quantity, OrderLine.position).where(
        OrderLine.order == Arg("order"), OrderLine.product == Arg("product")
    ),
    _InCart,
)
_LINES = Prepared(
    OrderLine.raw('SELECT count(*) FROM order_line WHERE "order" = {}', Arg("order")), int
)
_SET = Prepared(
    OrderLine.update(
        {OrderLine.quantity: Arg("quantity"), OrderLine.position: Arg("position")}
    ).where(OrderLine.order == Arg("order"), OrderLine.product == Arg("product")),
    int,
)


@action
async def scan(
    product: int,
    quantity: int = 1,
    *,
    clerk: int,
    actor: str,
    unit_price_cents: int | None = None,
) -> None:
    """Add to the order on the clerk's counter, or that many more of what is in it already.

    Without a price it costs what the catalog says.

    The line moves to the top, where the eye is. A draft moves no stock, so none is refused here; a
    hold reserves what is added, or refuses it.
    """
    entry = await catalog.product(product)
    if entry.archived:
        raise NotSold(entry.sku)
    await DB.turn("counter", clerk)
    cart = await _on_counter(clerk) or await _new(clerk, actor)
    line = {"order": cart.id, "product": product, "position": await _touch(cart, clerk)}
    in_cart = await _IN_CART.first(order=cart.id, product=product)
    if in_cart:
        await _SET.all(**line, quantity=_sum(in_cart.quantity, quantity))
    elif await _LINES.one(order=cart.id) == MOST_LINES:
        raise CartFull
    else:
        price = entry.price_cents if unit_price_cents is None else unit_price_cents
        new = {**line, "quantity": _sum(0, quantity), "unit_price_cents": price}
        await ADD_LINE.each([new])
    if cart.is_held:
        await _reserve(cart, product, quantity, actor)


@action
async def set_quantity(product: int, quantity: int, *, clerk: int, actor: str) -> None:
    """So many of it and no other number; none takes the line out. The line stays in its place.

    A hold reserves what is more, or refuses it, and releases what is less; with its last unit it is
    cancelled.
    """
    await DB.turn("counter", clerk)
    cart = await _on_counter(clerk)
    if cart is None:
        raise LineGone
    await _touch(cart, clerk)
    line = {"order": cart.id, "product": product}
    in_cart = await _IN_CART.first(**line)
    if in_cart is None:
        raise LineGone
    more = quantity - in_cart.quantity
    if cart.is_held and more < 0:
        await release(cart.id, product, -more, actor=actor)
    elif quantity:
        await _SET.all(**line, quantity=quantity, position=in_cart.position)
    else:
        await REMOVE_LINE.all(**line)
    if cart.is_held and more > 0:
        await _reserve(cart, product, more, actor)


@action
async def lay_out(lines: Sequence[queries.Line], *, clerk: int, actor: str) -> bool:
    """Lines of an order that ended, on the clerk's counter anew at their prices.

    Whether they are: what lies there already is left alone, and a cart has one line per product.
    """
    await DB.turn("counter", clerk)
    cart = await _on_counter(clerk)
    if cart and (cart.is_held or await _LINES.one(order=cart.id)):
        return False
    if len({line.id for line in lines}) < len(lines):
        return False
    cart = cart or await _new(clerk, actor)
    position = await _touch(cart, clerk)
    await ADD_LINE.each(
        {
            "order": cart.id,
            "product": line.id,
            "quantity": line.quantity,
            "unit_price_cents": line.unit_price_cents,
            "position": position,
        }
        for line in lines
    )
    return True


async def to_close(order_id: int, *, clerk: int) -> queries.Placed:
    """The order that a clerk sees on the counter and is done with, or why it cannot be closed."""
    cart = await queries.cart(clerk)
    if cart is None or cart.id != order_id:
        order = await queries.order(order_id)
        raise CartChanged if order.status == OrderStatus.OPEN else OrderClosed(order)
    if not cart.lines:
        raise EmptyCart
    return cart


async def _on_counter(clerk: int) -> _Cart | None:
    return await _CART.first(clerk=clerk, now=clock.now())


async def _new(clerk: int, actor: str) -> _Cart:
    cart = await _NEW_CART.one(clerk=clerk, actor=actor, now=clock.now())
    return _Cart(cart, OrderStatus.DRAFT)


async def _touch(cart: _Cart, clerk: int) -> int:
    """Count a change of the cart, and keep others from it until this one is done."""
    revision = await _TOUCH.first(order=cart.id, clerk=clerk, now=clock.now())
    if revision is None:
        raise CartChanged
    return revision


async def _reserve(cart: _Cart, product: int, units: int, actor: str) -> None:
    await stock.reserve({product: units}, order_id=cart.id, actor=actor)
    await set_total(cart.id)


def _sum(before: int, more: int) -> int:
    if before + more > MOST_UNITS:
        raise TooMany
    return before + more
