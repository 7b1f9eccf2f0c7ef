"""Some of a hold is given back; with the last unit it is cancelled."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import OrderClosed, OverReleased
from app.stock import queries as stock
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


async def test_what_is_released_is_free_and_the_rest_stays_on_hold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    held = await make.hold(robin, MUG=3)

    order = await orders.release(held.id, mug, 2, actor="Sam")

    event, *_ = await stock.events(mug)
    assert (order.status, order.total_cents) == ("open", 350)
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 1)]
    assert (await stock.level(mug)).reserved == 1
    assert (event.kind, event.reserved_change, event.order_id, event.actor) == (
        "released",
        -2,
        held.id,
        "Sam",
    )


async def test_a_product_that_is_released_whole_is_no_line_any_more():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    held = await make.hold(robin, MUG=3, BOWL=1)

    order = await orders.release(held.id, bowl, 1, actor="Robin")

    assert (order.status, order.total_cents) == ("open", 1050)
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 3)]
    assert [(await stock.level(product)).reserved for product in (mug, bowl)] == [3, 0]


async def test_a_hold_whose_last_unit_is_released_is_cancelled():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=3)
    await orders.release(held.id, mug, 2, actor="Robin")

    with clock.at(NOON):
        order = await orders.release(held.id, mug, 1, actor="Robin")

    assert (order.status, order.closed_at) == ("cancelled", NOON)
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 1)]  # what it had last
    assert (await stock.level(mug)).reserved == 0


async def test_no_more_is_released_than_is_reserved():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=9)
    bowl = await make.product("BOWL", on_hand=9)
    jug = await make.product("JUG", on_hand=9)
    held = await make.hold(robin, MUG=3, BOWL=3)

    for product, units in ((mug, 4), (bowl, 6), (jug, 1), (99, 1)):
        async with refused(OverReleased, f"Order {held.id} has fewer reserved than that."):
            await orders.release(held.id, product, units, actor="Robin")


async def test_twenty_who_release_the_same_units_release_no_more_than_there_are():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=9)
    held = await make.hold(robin, MUG=7)

    outcomes = await asyncio.gather(
        *(orders.release(held.id, mug, 2, actor=f"clerk {n}") for n in range(20)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, queries.Placed) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, OverReleased) for outcome in outcomes) == 17
    assert (await stock.level(mug)).reserved == 1


@pytest.mark.parametrize("is_swept", [True, False])
async def test_nothing_is_released_of_a_hold_that_is_over(is_swept: bool):
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + HALF_AN_HOUR):
        if is_swept:
            await orders.expire_due()
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 12:30."):
            await orders.release(held.id, mug, 1, actor="Robin")


async def test_nothing_is_released_of_what_is_no_hold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        sale = await make.sale(robin, MUG=2)
        await make.hold(robin, MUG=1)  # of somebody else
        cart = await make.cart(robin, MUG=1)

        async with refused(OrderClosed, f"Order {sale.id} is completed already, at 12:00."):
            await orders.release(sale.id, mug, 1, actor="Robin")
        for order_id in (cart.id, 99):
            async with refused(NotFound, f"There is no order {order_id}."):
                await orders.release(order_id, mug, 1, actor="Robin")
