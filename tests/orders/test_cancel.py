"""Cancel: a hold is released; of a sale, what has not come back yet is put back. Both once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back, OrderClosed
from app.orders.queries import Placed
from app.orders.tables import Condition, OrderStatus
from app.stock import queries as stock
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def test_a_cancelled_hold_gives_back_what_it_reserved():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    await make.product("JUG", on_hand=5)
    held = await make.hold(robin, MUG=2, BOWL=1)
    bystander = await make.hold(robin, JUG=1)

    with clock.at(NOON):
        cancelled = await orders.cancel(held.id, actor="Sam", note="He did not come.")

    event, *_ = await stock.events(mug)
    assert (cancelled.status, cancelled.closed_at, cancelled.note) == (
        "cancelled",
        NOON,
        "He did not come.",
    )
    assert [(await stock.level(product)).available for product in (mug, bowl)] == [5, 5]
    assert (event.kind, event.on_hand_change, event.reserved_change) == ("released", 0, -2)
    assert (event.order_id, event.actor, event.reason) == (held.id, "Sam", None)
    assert (await queries.order(bystander.id)).status == "open"


async def test_a_hold_that_became_a_sale_meanwhile_is_not_cancelled_as_a_hold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    with clock.at(NOON):
        await orders.hand_over(held.id, actor="Kim")

        async with refused(OrderClosed, f"Order {held.number} is completed already, at 12:00."):
            await orders.cancel(held.id, actor="Sam", seen=OrderStatus.OPEN)

        cancelled = await orders.cancel(held.id, actor="Sam", seen=OrderStatus.COMPLETED)
    assert cancelled.status == "cancelled"
    assert (await stock.level(mug)).on_hand == 5


async def test_a_cancelled_sale_is_on_the_shelf_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    sale = await make.sale(robin, MUG=2)

    with clock.at(NOON):
        cancelled = await orders.cancel(sale.id, actor="Sam", note="Wrong customer")

    event, *_ = await stock.events(mug)
    assert (cancelled.status, cancelled.closed_at) == ("cancelled", NOON)
    assert [(line.quantity, line.returned) for line in cancelled.lines] == [(2, 2)]
    assert (await stock.level(mug)).on_hand == 5
    assert (event.kind, event.on_hand_change, event.order_id) == ("returned", 2, sale.id)
    assert await queries.last_sale(robin) is None


async def test_a_cancelled_sale_puts_back_only_what_has_not_come_back_yet():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=9)
    sale = await make.sale(robin, MUG=6)
    await orders.take_back(
        sale.id,
        [Back(mug, 1), Back(mug, 2, Condition.DAMAGED), Back(mug, 1, Condition.GONE)],
        actor="Robin",
    )

    await orders.cancel(sale.id, actor="Robin")

    event, *_ = await stock.events(mug)
    assert event.on_hand_change == 2
    assert (await stock.level(mug)).on_hand == 9 - 6 + 1 + 2


async def test_a_sale_that_came_back_whole_can_still_be_cancelled_and_moves_nothing():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    sale = await make.sale(robin, MUG=2)
    await orders.take_back(sale.id, [Back(mug, 2, Condition.DAMAGED)], actor="Robin")
    before = await stock.events(mug)

    cancelled = await orders.cancel(sale.id, actor="Robin")

    assert cancelled.status == "cancelled"
    assert await stock.events(mug) == before


async def test_a_hold_on_a_counter_leaves_it_when_it_is_cancelled():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))

    await orders.cancel(held.id, actor="till")

    assert await queries.cart(robin) is None


@pytest.mark.parametrize("kind", ["hold", "sale"])
async def test_an_order_is_cancelled_once(kind: str):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        order = await (make.hold if kind == "hold" else make.sale)(robin, MUG=2)
        await orders.cancel(order.id, actor="Robin")

        async with refused(OrderClosed, f"Order {order.id} is cancelled already, at 12:00."):
            await orders.cancel(order.id, actor="Robin")


@pytest.mark.parametrize("kind", ["hold", "sale"])
async def test_twenty_who_cancel_one_order_at_once_put_it_back_once(kind: str):
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    order = await (make.hold if kind == "hold" else make.sale)(robin, MUG=2)

    outcomes = await asyncio.gather(
        *(orders.cancel(order.id, actor=f"clerk {n}") for n in range(20)), return_exceptions=True
    )

    level = await stock.level(mug)
    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OrderClosed) for outcome in outcomes) == 19
    assert (level.on_hand, level.reserved) == (5, 0)


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_hold_that_is_over_is_not_cancelled(is_swept: bool):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + timedelta(minutes=30)):
        if is_swept:
            await orders.expire_due()
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 12:30."):
            await orders.cancel(held.id, actor="Robin")


async def test_a_cart_and_what_never_was_are_not_cancelled():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    cart = await make.cart(robin, MUG=1)

    for order_id in (cart.id, 99):
        async with refused(NotFound, f"There is no order {order_id}."):
            await orders.cancel(order_id, actor="Robin")
