import asyncio

import pytest

from app.errors import Invalid, NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import CartChanged, EmptyCart, OrderClosed
from app.orders.queries import Placed
from app.orders.tables import Order
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from tests import make


async def complete(cart: Placed, clerk: int) -> Placed:
    return await orders.complete(cart.id, cart.revision, clerk=clerk, actor="Robin")


async def test_a_completed_cart_is_a_sale_and_the_counter_is_empty():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    cart = await make.cart(robin, MUG=2, BOWL=1)

    sale = await complete(cart, robin)

    assert (sale.id, sale.status, sale.total_cents, sale.actor) == (
        cart.id,
        "completed",
        1600,
        "Robin",
    )
    assert sale.completed_at is not None
    assert (await stock.level(mug)).on_hand == 3
    assert (await stock.level(bowl)).on_hand == 4
    assert await queries.cart(robin) is None
    assert await queries.last_sale(robin) == sale


async def test_a_cart_is_completed_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    cart = await make.cart(robin, MUG=2)

    await complete(cart, robin)
    with pytest.raises(OrderClosed) as refusal:
        await complete(cart, robin)

    assert str(refusal.value).startswith(f"Order {cart.number} is completed already, at ")
    assert (await stock.level(mug)).on_hand == 3


async def test_two_clicks_at_once_complete_a_cart_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=50)
    cart = await make.cart(robin, MUG=1)

    outcomes = await asyncio.gather(
        *(complete(cart, robin) for _ in range(20)), return_exceptions=True
    )

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OrderClosed) for outcome in outcomes) == 19
    assert (await stock.level(mug)).on_hand == 49


async def test_a_cart_that_changed_since_it_was_shown_is_not_sold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    shown = await make.cart(robin, MUG=1)
    changed = await make.cart(robin, MUG=1)

    with pytest.raises(CartChanged) as refusal:
        await complete(shown, robin)

    assert str(refusal.value) == ("The order was changed on another screen. Look at it once more.")
    assert (await stock.level(mug)).on_hand == 5
    assert await queries.cart(robin) == changed


async def test_an_empty_cart_is_not_sold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.cart(robin, MUG=1)
    await orders.set_quantity(mug, 0, clerk=robin, actor="robin")
    cart = await queries.cart(robin)
    assert cart is not None

    with pytest.raises(EmptyCart, match=r"There is nothing to sell yet\."):
        await complete(cart, robin)

    assert await queries.cart(robin) == cart
    assert await Order.count().where(Order.completed_at.is_not_null()) == 0


async def test_a_cart_that_was_emptied_on_another_screen_is_empty():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    shown = await make.cart(robin, MUG=1)
    await orders.set_quantity(mug, 0, clerk=robin, actor="robin")

    with pytest.raises(EmptyCart):
        await complete(shown, robin)

    assert (await stock.level(mug)).on_hand == 5
    assert await Order.count().where(Order.completed_at.is_not_null()) == 0


async def test_a_shortage_sells_nothing_and_leaves_the_cart_as_it_is():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=1)
    await make.product("JUG", on_hand=0)
    cart = await make.cart(robin, MUG=2, BOWL=2, JUG=1)

    with pytest.raises(InsufficientStock) as refusal:
        await complete(cart, robin)

    assert str(refusal.value) == (
        "Only 1 of BOWL available, 2 wanted. Only 0 of JUG available, 1 wanted."
    )
    assert await queries.cart(robin) == cart
    assert (await stock.level(mug)).on_hand == 5


async def test_after_a_shortage_one_takes_what_is_there():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=3)
    cart = await make.cart(robin, MUG=5)
    with pytest.raises(InsufficientStock) as refusal:
        await complete(cart, robin)

    await orders.set_quantity(mug, refusal.value.shortages[0].available, clerk=robin, actor="robin")
    cart = await make.cart(robin)
    sale = await complete(cart, robin)

    assert sale.units == 3
    assert (await stock.level(mug)).is_out


async def test_nobody_completes_the_cart_of_a_colleague():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    mug = await make.product("MUG", on_hand=5)
    cart = await make.cart(robin, MUG=1)

    with pytest.raises(NotFound, match=f"There is no order {cart.id}"):
        await complete(cart, sam)

    assert (await stock.level(mug)).on_hand == 5
    assert await queries.cart(robin) == cart


async def test_an_order_that_never_was_cannot_be_completed():
    robin = await make.clerk()

    with pytest.raises(NotFound, match=r"There is no order 99\."):
        await orders.complete(99, 0, clerk=robin, actor="Robin")

    assert await Order.count() == 0


async def test_a_cart_whose_total_no_order_can_have_stays_a_cart():
    robin = await make.clerk()
    gold = await make.product("GOLD", on_hand=1_000_000, price_cents=100_000_000_000)
    cart = await make.cart(robin, GOLD=1_001)

    with pytest.raises(Invalid, match="An order can come to £"):
        await complete(cart, robin)

    assert (await stock.level(gold)).on_hand == 1_000_000
    assert await queries.cart(robin) == cart


async def test_the_next_customer_gets_a_new_cart():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)

    first = await complete(await make.cart(robin, MUG=1), robin)
    second = await complete(await make.cart(robin, MUG=2), robin)

    assert second.id > first.id
    assert [line.quantity for line in second.lines] == [2]
    assert await queries.last_sale(robin) == second
