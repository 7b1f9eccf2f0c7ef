"""A hold comes to a counter, is changed there with its stock, and is sold or goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import CartChanged, CounterTaken, OrderClosed
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AT_LEAST = timedelta(minutes=10)


async def recall(order_id: int, clerk: int) -> queries.Placed:
    return await orders.recall(order_id, clerk=clerk, at_least=AT_LEAST)


async def test_a_hold_lies_on_the_counter_of_whoever_recalls_it():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    held = await make.hold(robin, MUG=2)
    bystander = await make.hold(robin, BOWL=1)

    recalled = await recall(held.id, sam)

    assert await queries.order(bystander.id) == bystander
    on_counter = await queries.cart(sam)
    assert on_counter is not None
    assert (on_counter.id, recalled.recalled_by) == (held.id, sam)
    assert [(line.sku, line.quantity, line.left) for line in on_counter.lines] == [("MUG", 2, 3)]
    assert await queries.cart(robin) is None
    assert (await stock.level(mug)).reserved == 2


async def test_a_hold_that_is_nearly_over_is_kept_while_it_is_looked_at():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + timedelta(minutes=5)):
        early = await recall(held.id, robin)
    with clock.at(NOON + timedelta(minutes=25)):
        late = await recall(held.id, robin)

    assert early.expires_at == NOON + timedelta(minutes=30)
    assert late.expires_at == NOON + timedelta(minutes=35)


async def test_another_hold_on_the_counter_goes_back():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    first, second = await make.hold(robin, MUG=1), await make.hold(robin, MUG=2)
    await recall(first.id, robin)

    await recall(second.id, robin)

    on_counter = await queries.cart(robin)
    assert on_counter is not None
    assert on_counter.id == second.id
    assert (await queries.order(first.id)).recalled_by is None
    assert (await queries.order(first.id)).status == "open"


async def test_a_hold_that_another_counter_recalls_has_left_this_one():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    shown = await recall(held.id, robin)
    await recall(held.id, sam)
    changed = "The order was changed on another screen. Look at it once more."

    async with refused(CartChanged, changed):
        await orders.complete(shown.id, shown.revision, clerk=robin, actor="Robin")
    async with refused(CartChanged, changed):
        await orders.hold(shown.id, shown.revision, clerk=robin, actor="Robin", expires_in=AT_LEAST)

    assert await queries.cart(robin) is None
    assert (await queries.order(held.id)).recalled_by == sam


async def test_a_cart_on_the_counter_is_not_pushed_aside():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    await make.cart(robin, MUG=1)

    async with refused(
        CounterTaken, "Another order lies on your counter. Hold it or complete it first."
    ):
        await recall(held.id, robin)


async def test_an_empty_cart_is_in_nobodys_way():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    await make.cart(robin, MUG=1)
    await orders.set_quantity(mug, 0, clerk=robin, actor="Robin")

    await recall(held.id, robin)

    on_counter = await queries.cart(robin)
    assert on_counter is not None
    assert on_counter.id == held.id


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_hold_that_is_over_is_not_recalled(is_swept: bool):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + timedelta(minutes=30)):
        if is_swept:
            await orders.expire_due()
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 12:30."):
            await recall(held.id, robin)


async def test_what_was_sold_or_never_was_is_not_recalled():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        sale = await make.sale(robin, MUG=1)

        async with refused(OrderClosed, f"Order {sale.id} is completed already, at 12:00."):
            await recall(sale.id, robin)
        async with refused(NotFound, "There is no order 99."):
            await recall(99, robin)


async def test_a_recalled_hold_leaves_the_counter_when_its_time_is_over():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)
        shown = await recall(held.id, robin)

    with clock.at(NOON + timedelta(minutes=30)):
        assert await queries.cart(robin) is None
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 12:30."):
            await orders.complete(shown.id, shown.revision, clerk=robin, actor="Robin")
        async with refused(NotFound, "This line is no longer in the order."):
            await orders.set_quantity(mug, 1, clerk=robin, actor="Robin")
        next_cart = await make.cart(robin, MUG=1)

    assert (next_cart.status, next_cart.units) == ("draft", 1)


async def test_what_is_added_to_a_recalled_hold_is_reserved_at_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    held = await make.hold(robin, MUG=2)
    await recall(held.id, robin)

    await make.cart(robin, MUG=1, BOWL=1)
    await orders.set_quantity(bowl, 3, clerk=robin, actor="Robin")

    order = await queries.order(held.id)
    assert [(line.sku, line.quantity) for line in order.lines] == [("BOWL", 3), ("MUG", 3)]
    assert order.total_cents == 3 * 350 + 3 * 900
    assert [(await stock.level(product)).reserved for product in (mug, bowl)] == [3, 3]


async def test_a_quantity_that_stays_the_same_is_no_entry():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    await recall(held.id, robin)
    before = await stock.events(mug)

    await orders.set_quantity(mug, 2, clerk=robin, actor="Robin")

    assert await stock.events(mug) == before
    assert (await stock.level(mug)).reserved == 2


async def test_what_is_not_there_is_not_added_to_a_recalled_hold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    bowl = await make.product("BOWL", on_hand=0)
    held = await make.hold(robin, MUG=2)
    await recall(held.id, robin)

    async with refused(InsufficientStock, "Only 3 of MUG available, 4 wanted."):
        await orders.scan(mug, 4, clerk=robin, actor="Robin")
    async with refused(InsufficientStock, "Only 3 of MUG available, 4 wanted."):
        await orders.set_quantity(mug, 6, clerk=robin, actor="Robin")
    async with refused(InsufficientStock, "Only 0 of BOWL available, 1 wanted."):
        await orders.scan(bowl, 1, clerk=robin, actor="Robin")


async def test_what_is_taken_out_of_a_recalled_hold_is_free_at_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    held = await make.hold(robin, MUG=3, BOWL=1)
    await recall(held.id, robin)

    await orders.set_quantity(mug, 1, clerk=robin, actor="Robin")
    await orders.set_quantity(bowl, 0, clerk=robin, actor="Robin")

    order = await queries.order(held.id)
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 1)]
    assert (order.status, order.total_cents, order.recalled_by) == ("open", 350, robin)
    assert [(await stock.level(product)).reserved for product in (mug, bowl)] == [1, 0]


async def test_a_recalled_hold_that_is_emptied_is_cancelled():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    await recall(held.id, robin)

    await orders.set_quantity(mug, 0, clerk=robin, actor="Robin")

    assert (await queries.order(held.id)).status == "cancelled"
    assert await queries.cart(robin) is None
    assert (await stock.level(mug)).reserved == 0


async def test_a_recalled_hold_is_sold_from_the_counter_with_one_entry():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    held = await make.hold(robin, MUG=2)
    shown = await recall(held.id, robin)

    sale = await orders.complete(shown.id, shown.revision, clerk=robin, actor="Robin")

    event, *_ = await stock.events(mug)
    level = await stock.level(mug)
    assert (sale.id, sale.status, sale.recalled_by) == (held.id, "completed", None)
    assert (level.on_hand, level.reserved) == (3, 0)
    assert (event.kind, event.on_hand_change, event.reserved_change) == ("sold", -2, -2)
    assert await queries.last_sale(robin) == sale
