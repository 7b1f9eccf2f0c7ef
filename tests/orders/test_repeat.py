import pytest

from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import CannotRepeat, CounterTaken, Wanted
from tests import make


async def test_the_lines_of_a_cancelled_order_lie_on_the_counter_at_their_prices():
    await make.product("MUG", on_hand=9, price_cents=350)
    robin = await make.clerk()
    order = await orders.place([Wanted("MUG", 2, 300)], actor="Kim")
    await orders.cancel(order.id, actor="Kim")

    await orders.repeat(order.id, clerk=robin, actor="Robin")

    cart = await queries.cart(robin)
    assert cart
    assert [(line.quantity, line.unit_price_cents) for line in cart.lines] == [(2, 300)]


async def test_an_order_that_has_not_ended_is_not_repeated():
    mug = await make.product(on_hand=9)
    robin = await make.clerk()
    order = await make.reserved(mug, 2)

    with pytest.raises(CannotRepeat) as refusal:
        await orders.repeat(order, clerk=robin, actor="Robin")

    assert str(refusal.value) == f"Order {order} is open, so there is nothing to repeat."
    assert await queries.cart(robin) is None


async def test_a_product_at_two_prices_is_not_repeated():
    await make.product("MUG", on_hand=9)
    robin = await make.clerk()
    order = await orders.place([Wanted("MUG", 2, 300), Wanted("MUG", 1, 350)], actor="Kim")
    await orders.cancel(order.id, actor="Kim")

    with pytest.raises(CannotRepeat) as refusal:
        await orders.repeat(order.id, clerk=robin, actor="Robin")

    assert str(refusal.value) == "Order 1 has a product at two prices. Scan it anew."
    assert await queries.cart(robin) is None


async def test_a_counter_that_is_taken_stays_as_it_is():
    mug = await make.product(on_hand=9)
    robin = await make.clerk()
    order = await make.reserved(mug, 2)
    await orders.cancel(order, actor="Kim")
    await orders.scan(mug, 5, clerk=robin, actor="Robin")

    with pytest.raises(CounterTaken):
        await orders.repeat(order, clerk=robin, actor="Robin")

    cart = await queries.cart(robin)
    assert cart
    assert cart.units == 5
