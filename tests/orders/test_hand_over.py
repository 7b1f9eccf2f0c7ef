"""A hold becomes a sale: the goods leave the shelf, and the promise ends with them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import OrderClosed
from app.orders.queries import Placed
from app.stock import queries as stock
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def test_a_hold_that_is_handed_over_is_a_sale_with_one_entry_per_product():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    await make.product("BOWL", on_hand=5)
    held = await make.hold(robin, MUG=2)
    bystander = await make.hold(robin, BOWL=1)

    with clock.at(NOON):
        sale = await orders.hand_over(held.id, clerk=robin, actor="Sam")

    event, reserved, _ = await stock.events(mug)
    level = await stock.level(mug)
    assert (sale.status, sale.completed_at, sale.total_cents) == ("completed", NOON, 700)
    assert (sale.actor, await queries.last_sale(robin)) == ("Sam", sale)
    assert (level.on_hand, level.reserved, level.available) == (3, 0, 3)
    assert (event.kind, event.on_hand_change, event.reserved_change) == ("sold", -2, -2)
    assert (event.order_id, event.actor, reserved.kind) == (held.id, "Sam", "reserved")
    assert (await queries.order(bystander.id)).status == "open"


async def test_handing_over_changes_nothing_that_is_available_and_alerts_nobody():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, reorder_point=3)
    held = await make.hold(robin, MUG=2)
    assert (await stock.level(mug)).is_low

    await orders.hand_over(held.id, actor="till")

    assert [event.kind for event in await stock.events(mug)] == [
        "sold",
        "low_stock",
        "reserved",
        "received",
    ]


async def test_a_hold_that_lies_on_a_counter_leaves_it():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))

    await orders.hand_over(held.id, actor="till")

    assert await queries.cart(robin) is None


async def test_a_hold_is_handed_over_once():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2)
        await orders.hand_over(held.id, actor="till")

        async with refused(OrderClosed, f"Order {held.id} is completed already, at 12:00."):
            await orders.hand_over(held.id, actor="till")


async def test_twenty_tills_that_hand_one_hold_over_sell_it_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)

    outcomes = await asyncio.gather(
        *(orders.hand_over(held.id, actor=f"till {n}") for n in range(20)), return_exceptions=True
    )

    level = await stock.level(mug)
    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OrderClosed) for outcome in outcomes) == 19
    assert (level.on_hand, level.reserved) == (3, 0)


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_hold_that_is_over_is_not_handed_over_even_if_the_sweeper_sleeps(is_swept: bool):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + timedelta(minutes=30)):
        if is_swept:
            await orders.expire_due()
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 12:30."):
            await orders.hand_over(held.id, actor="till")


async def test_a_hold_is_handed_over_until_its_last_moment():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + timedelta(minutes=30) - timedelta(microseconds=1)):
        await orders.hand_over(held.id, actor="till")

    assert (await stock.level(mug)).on_hand == 3


async def test_a_cancelled_hold_is_not_handed_over():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2)
        await orders.cancel(held.id, actor="Robin")

        async with refused(OrderClosed, f"Order {held.id} is cancelled already, at 12:00."):
            await orders.hand_over(held.id, actor="till")


async def test_a_cart_and_what_never_was_are_not_handed_over():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    cart = await make.cart(robin, MUG=1)

    for order_id in (cart.id, 99):
        async with refused(NotFound, f"There is no order {order_id}."):
            await orders.hand_over(order_id, actor="till")
