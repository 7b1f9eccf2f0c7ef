import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back, OrderClosed, OverReturned, Wanted
from app.orders.queries import Placed
from app.orders.tables import OrderLine
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def sold(*lines: Wanted) -> int:
    return (await orders.place(lines, actor="robin")).id


async def returned(order: int) -> list[tuple[int, int]]:
    """Sold and taken back, line by line in the order they were written."""
    lines = await (
        OrderLine.select(OrderLine.quantity, OrderLine.returned)
        .where(OrderLine.order == order)
        .order_by(OrderLine.id)
    )
    return [(line["quantity"], line["returned"]) for line in lines]


async def test_goods_that_come_back_are_on_the_shelf_again():
    mug = await make.product("MUG-BLUE", on_hand=5)
    order = await sold(Wanted("MUG-BLUE", 3))

    await orders.take_back(order, [Back(mug, 2)], actor="robin")

    level = await stock.level(mug)
    assert level.on_hand == 4
    event, *_ = await stock.events(mug)
    assert (event.kind, event.on_hand_change, event.order_id) == ("returned", 2, order)
    assert await returned(order) == [(3, 2)]


async def test_goods_come_back_in_parts_and_never_more_than_were_sold():
    mug = await make.product("MUG-BLUE", on_hand=5)
    order = await sold(Wanted("MUG-BLUE", 3))
    await orders.take_back(order, [Back(mug, 1)], actor="robin")
    await orders.take_back(order, [Back(mug, 2)], actor="robin")

    with pytest.raises(OverReturned) as refusal:
        await orders.take_back(order, [Back(mug, 1)], actor="robin")

    assert str(refusal.value) == f"More would come back than order {order} sold."
    assert (await stock.level(mug)).on_hand == 5
    assert await returned(order) == [(3, 3)]


async def test_goods_of_two_prices_come_back_over_both_lines():
    mug = await make.product("MUG-BLUE", on_hand=9)
    order = await sold(Wanted("MUG-BLUE", 2, 350), Wanted("MUG-BLUE", 3, 300))

    await orders.take_back(order, [Back(mug, 4)], actor="robin")

    assert await returned(order) == [(2, 2), (3, 2)]
    assert (await stock.level(mug)).on_hand == 8
    with pytest.raises(OverReturned):
        await orders.take_back(order, [Back(mug, 2)], actor="robin")
    assert await returned(order) == [(2, 2), (3, 2)]
    await orders.take_back(order, [Back(mug, 1)], actor="robin")
    assert (await stock.level(mug)).on_hand == 9


async def test_one_product_too_many_takes_nothing_back_of_any():
    mug = await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    order = await sold(Wanted("MUG-BLUE", 3), Wanted("BOWL", 1))

    with pytest.raises(OverReturned):
        await orders.take_back(order, [Back(mug, 1), Back(bowl, 2)], actor="robin")

    assert await returned(order) == [(3, 0), (1, 0)]
    assert [(await stock.level(product)).on_hand for product in (mug, bowl)] == [2, 4]
    assert await StockEvent.count().where(StockEvent.kind == "returned") == 0


async def test_what_was_not_in_the_order_does_not_come_back():
    await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    order = await sold(Wanted("MUG-BLUE", 3))

    with pytest.raises(OverReturned):
        await orders.take_back(order, [Back(bowl, 1)], actor="robin")

    assert (await stock.level(bowl)).on_hand == 5


async def test_twenty_clerks_who_take_the_same_goods_back_take_them_once():
    mug = await make.product("MUG-BLUE", on_hand=5)
    order = await sold(Wanted("MUG-BLUE", 3))

    outcomes = await asyncio.gather(
        *(orders.take_back(order, [Back(mug, 3)], actor=f"clerk {n}") for n in range(20)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OverReturned) for outcome in outcomes) == 19
    assert (await stock.level(mug)).on_hand == 5


async def test_nothing_comes_back_from_an_order_that_was_not_completed():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5)
    await orders.scan(mug, 2, clerk=robin, actor="Robin")
    cart = await queries.cart(robin)
    assert cart is not None

    for order in (cart.id, 99):
        with pytest.raises(NotFound, match=f"There is no order {order}"):
            await orders.take_back(order, [Back(mug, 1)], actor="robin")

    assert (await stock.level(mug)).on_hand == 5


async def test_an_order_that_was_cancelled_gives_nothing_back():
    mug = await make.product("MUG-BLUE", on_hand=5)
    order = await sold(Wanted("MUG-BLUE", 1))
    await orders.take_back(order, [Back(mug, 1)], actor="robin")
    await orders.cancel(order, actor="robin")

    with pytest.raises(OrderClosed, match=f"Order {order} is cancelled already, at "):
        await orders.take_back(order, [Back(mug, 1)], actor="robin")

    assert (await stock.level(mug)).on_hand == 5


async def test_a_hold_is_not_said_to_be_closed_when_nothing_of_it_was_sold():
    mug = await make.product("MUG-BLUE", on_hand=5)
    with clock.at(NOON):
        held = await orders.place(
            [Wanted("MUG-BLUE", 3)], expires_in=timedelta(minutes=30), actor="robin"
        )

        async with refused(OrderClosed, f"Order {held.id} is on hold until 12:30."):
            await orders.take_back(held.id, [Back(mug, 1)], actor="robin")
