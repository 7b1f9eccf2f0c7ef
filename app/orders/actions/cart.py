"""The cart on a clerk's counter: a draft order, kept on the server until it is sold."""

from typing import NamedTuple

from app import clock, words
from app.catalog import queries as catalog
from app.database import Arg, Prepared, action
from app.errors import NotFound, Refusal
from app.fields import MOST_UNITS
from app.orders import queries
from app.orders.actions.returning import OrderClosed
from app.orders.actions.selling import ADD_LINE, MOST_LINES, per_product, total
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock import actions as stock


class EmptyCart(Refusal):
    def __init__(self) -> None:
        super().__init__("There is nothing to sell yet.")


class CartChanged(Refusal):
    kind = "stale"
    title = "It was changed meanwhile"

    def __init__(self) -> None:
        super().__init__("The order was changed on another screen. Look at it once more.")


class CartFull(Refusal):
    def __init__(self) -> None:
        super().__init__(f"An order can have {words.number(MOST_LINES)} lines at most.")


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(f"A line can have {words.number(MOST_UNITS)} units at most.")


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
    Order.select(Order.id).where(Order.clerk == Arg("clerk"), Order.status == OrderStatus.DRAFT),
    int,
)
_TOUCH = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.id == Arg("order"), Order.status == OrderStatus.DRAFT)
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
_REMOVE = Prepared(
    OrderLine.delete().where(OrderLine.order == Arg("order"), OrderLine.product == Arg("product")),
    int,
)
_COMPLETE = Prepared(
    Order.update(
        {
            Order.status: OrderStatus.COMPLETED,
            Order.actor: Arg("actor"),
            Order.total_cents: Arg("total_cents"),
            Order.completed_at: Arg("now"),
        }
    )
    .where(
        Order.id == Arg("order"),
        Order.clerk == Arg("clerk"),
        Order.status == OrderStatus.DRAFT,
        Order.revision == Arg("revision"),
    )
    .returning(Order.id),
    int,
)


@action
async def scan(product: int, quantity: int = 1, *, clerk: int, actor: str) -> None:
    """Add to the clerk's cart, or that many more of what is in it already.

    The line moves to the top, where the eye is. No stock moves, so none is refused here.
    """
    entry = await catalog.product(product)
    if entry.archived:
        raise NotFound(f"{entry.sku} is no longer sold.")
    cart = await _CART.first(clerk=clerk)
    if cart is None:
        cart = await _NEW_CART.one(clerk=clerk, actor=actor, now=clock.now())
    line = {"order": cart, "product": product, "position": await _touch(cart)}
    in_cart = await _IN_CART.first(order=cart, product=product)
    if in_cart:
        await _SET.all(**line, quantity=_sum(in_cart.quantity, quantity))
    elif await _LINES.one(order=cart) == MOST_LINES:
        raise CartFull
    else:
        new = {**line, "quantity": _sum(0, quantity), "unit_price_cents": entry.price_cents}
        await ADD_LINE.each([new])


@action
async def set_quantity(product: int, quantity: int, *, clerk: int) -> None:
    """So many of it and no other number; none takes the line out. The line stays in its place."""
    cart = await _CART.first(clerk=clerk)
    line = {"order": cart, "product": product}
    in_cart = await _IN_CART.first(**line) if cart else None
    if cart is None or in_cart is None:
        raise NotFound("This line is no longer in the order.")
    await _touch(cart)
    if quantity:
        await _SET.all(**line, quantity=quantity, position=in_cart.position)
    else:
        await _REMOVE.all(**line)


@action
async def complete(order_id: int, revision: int, *, clerk: int, actor: str) -> queries.Placed:
    """The cart becomes a sale, exactly once, and its goods leave the shelf.

    Refuses an empty cart, one that changed since it was shown, one that was sold already, and
    shortages, all of them named. Then nothing is sold and the cart stays as it is.
    """
    cart = await queries.cart(clerk)
    if cart is None or cart.id != order_id:
        raise OrderClosed(await queries.order(order_id))
    if not cart.lines:
        raise EmptyCart
    sold = await _COMPLETE.first(
        order=order_id,
        revision=revision,
        clerk=clerk,
        actor=actor,
        total_cents=total((line.quantity, line.unit_price_cents) for line in cart.lines),
        now=clock.now(),
    )
    if sold is None:
        raise CartChanged
    quantities = per_product((line.id, line.quantity) for line in cart.lines)
    await stock.sell(quantities, order_id=order_id, actor=actor)
    return await queries.order(order_id)


async def _touch(cart: int) -> int:
    """Count a change of the cart, and keep others from it until this one is done."""
    return await _TOUCH.one(order=cart)


def _sum(before: int, more: int) -> int:
    if before + more > MOST_UNITS:
        raise TooMany
    return before + more
