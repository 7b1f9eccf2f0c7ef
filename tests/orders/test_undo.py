"""Undo: what an action did is taken back whole, by entries of the opposite effect."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.catalog import actions as catalog
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back
from app.orders.tables import Condition
from app.stock import actions as stock
from app.stock import queries as shelves
from app.stock.actions import CannotUndo
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FOUND, LOST = AdjustmentReason.FOUND, AdjustmentReason.LOST


async def undo(operation: int, clerk: int = 1, actor: str = "Robin") -> str:
    return await orders.undo(operation, clerk=clerk, actor=actor)


Act = Callable[[int], Awaitable[Any]]


@pytest.mark.parametrize(
    ("act", "change"),
    [
        (lambda mug: stock.receive(mug, 12, actor="Robin"), 12),
        (lambda mug: stock.adjust(mug, 3, reason=FOUND, actor="Robin"), 3),
        (lambda mug: stock.adjust(mug, -3, reason=LOST, actor="Robin"), -3),
        (lambda mug: stock.count(mug, 4, actor="Robin"), -1),
        (lambda mug: stock.count(mug, 9, actor="Robin"), 4),
        (lambda mug: stock.count(mug, 5, actor="Robin"), 0),
    ],
)
async def test_what_was_done_to_the_shelf_is_undone(act: Act, change: int):
    await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: act(mug))
    done = (await shelves.events(mug))[0]
    assert done.on_hand_change == change

    said = await undo(operation)

    undone = (await shelves.events(mug))[0]
    assert said == "Undone: 5 of Blue mug on hand."
    assert (await shelves.level(mug)).on_hand == 5
    assert (undone.kind, undone.reason, undone.undoes) == (done.kind, "undo", done.id)
    assert (undone.on_hand_change, undone.actor) == (-change, "Robin")


async def test_the_opening_stock_is_undone_and_the_product_stays():
    operation = await make.operation(
        lambda: stock.add_product("MUG", "Blue mug", price_cents=350, on_hand=5, actor="Robin")
    )
    mug = (await shelves.level_by_sku("MUG")).id

    await undo(operation)

    assert (await shelves.level(mug)).on_hand == 0
    assert [event.kind for event in await shelves.events(mug)] == [
        "low_stock",
        "received",
        "received",
    ]


async def test_a_sale_is_undone_and_its_lines_are_on_the_counter_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    operation = await make.operation(lambda: make.sale(robin, MUG=2, BOWL=1))
    sale = await queries.last_sale(robin)
    assert sale is not None

    said = await undo(operation)

    cart = await queries.cart(robin)
    undone = await queries.order(sale.id)
    event = (await shelves.events(mug))[0]
    assert said == f"Sale {sale.id} undone; its lines are on the counter again."
    assert cart is not None
    assert (cart.status, cart.sum_cents) == ("draft", 1600)
    assert sorted((line.sku, line.quantity) for line in cart.lines) == [("BOWL", 1), ("MUG", 2)]
    assert undone.status == "cancelled"
    assert [(await shelves.level(product)).on_hand for product in (mug, bowl)] == [5, 5]
    assert (event.kind, event.reason, event.order_id) == ("returned", "undo", sale.id)
    assert await queries.last_sale(robin) is None
    again = await orders.complete(cart.id, cart.revision, clerk=robin, actor="Robin")
    assert again.total_cents == 1600


async def test_what_lies_on_the_counter_already_is_left_alone():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    operation = await make.operation(lambda: make.sale(robin, MUG=2))
    cart = await make.cart(robin, BOWL=1)

    said = await undo(operation)

    assert said == "Sale 1 undone."
    after = await queries.cart(robin)
    assert after is not None
    assert (after.id, after.revision) == (cart.id, cart.revision)
    assert [(line.sku, line.quantity) for line in after.lines] == [("BOWL", 1)]
    assert (await shelves.level(mug)).on_hand == 5


async def test_a_sale_at_two_prices_is_undone_and_not_laid_out():
    """A cart has one line for each product."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    wanted = [orders.Wanted("MUG", 1, 350), orders.Wanted("MUG", 2, 300)]
    operation = await make.operation(lambda: orders.place(wanted, actor="Robin"))

    said = await undo(operation)

    assert said == "Sale 1 undone."
    assert (await shelves.level(mug)).on_hand == 5
    assert await queries.cart(robin) is None


async def test_a_hold_is_undone_and_its_lines_are_on_the_counter_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: make.hold(robin, MUG=2))

    said = await undo(operation)

    cart = await queries.cart(robin)
    event = (await shelves.events(mug))[0]
    assert said == "Hold 1 undone; its lines are on the counter again."
    assert cart is not None
    assert [(line.sku, line.quantity) for line in cart.lines] == [("MUG", 2)]
    assert (await queries.order(1)).status == "cancelled"
    assert (await shelves.level(mug)).reserved == 0
    assert (event.kind, event.reason) == ("released", "undo")


async def test_a_hold_that_was_handed_over_is_on_hold_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)
        operation = await make.operation(
            lambda: orders.hand_over(held.id, clerk=robin, actor="Robin")
        )

        said = await undo(operation)

    order = await queries.order(held.id)
    level = await shelves.level(mug)
    assert said == f"Order {held.id} is on hold again until 12:30."
    assert (level.on_hand, level.reserved) == (5, 2)
    assert (order.completed_at, order.expires_at) == (None, NOON + timedelta(minutes=30))


async def test_a_hold_that_is_open_again_lasts_a_while_even_if_its_time_was_over():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=5)
        operation = await make.operation(lambda: orders.hand_over(held.id, actor="Robin"))

    with clock.at(NOON + timedelta(minutes=8)):
        said = await undo(operation)
        assert await orders.expire_due() == 0

    assert said == f"Order {held.id} is on hold again until 12:18."


async def test_a_cancelled_hold_is_on_hold_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)
        operation = await make.operation(lambda: orders.cancel(held.id, actor="Robin", note="gone"))

        said = await undo(operation)

        order = await queries.order(held.id)
        assert said == f"Order {held.id} is on hold again until 12:30."
        assert (order.status, order.closed_at, order.note) == ("open", None, "")
    assert (await shelves.level(mug)).reserved == 2


async def test_a_cancelled_sale_is_a_sale_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    sale = await make.sale(robin, MUG=3)
    await orders.take_back(sale.id, [Back(mug, 1)], actor="Robin")
    operation = await make.operation(lambda: orders.cancel(sale.id, actor="Robin"))

    said = await undo(operation)

    order = await queries.order(sale.id)
    assert said == f"Order {sale.id} is completed again."
    assert (order.status, order.closed_at, order.completed_at) == (
        "completed",
        None,
        sale.completed_at,
    )
    assert [(line.quantity, line.returned) for line in order.lines] == [(3, 1)]
    assert (await shelves.level(mug)).on_hand == 3


@pytest.mark.parametrize("condition", Condition)
async def test_a_return_is_undone_in_whatever_condition_it_came(condition: Condition):
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    sale = await make.sale(robin, MUG=3)
    backs = [Back(mug, 2, condition)]
    operation = await make.operation(lambda: orders.take_back(sale.id, backs, actor="Robin"))

    said = await undo(operation)

    order = await queries.order(sale.id)
    assert said == f"The return to order {sale.id} is undone."
    assert [(line.quantity, line.returned) for line in order.lines] == [(3, 0)]
    assert (await shelves.level(mug)).on_hand == 2
    await orders.take_back(sale.id, [Back(mug, 3)], actor="Robin")
    assert (await shelves.level(mug)).on_hand == 5


async def test_a_return_in_several_conditions_is_undone_whole():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    sale = await make.sale(robin, MUG=3, BOWL=2)
    backs = [Back(mug, 1), Back(mug, 2, Condition.DAMAGED), Back(bowl, 1)]
    operation = await make.operation(lambda: orders.take_back(sale.id, backs, actor="Robin"))

    await undo(operation)

    order = await queries.order(sale.id)
    assert sorted((line.sku, line.returned) for line in order.lines) == [("BOWL", 0), ("MUG", 0)]
    assert [(await shelves.level(product)).on_hand for product in (mug, bowl)] == [2, 3]


async def test_a_partial_release_is_undone():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    held = await make.hold(robin, MUG=3)
    operation = await make.operation(lambda: orders.release(held.id, mug, 2, actor="Robin"))

    said = await undo(operation)

    order = await queries.order(held.id)
    assert said == f"The change of order {held.id} is undone."
    assert [(line.quantity, order.total_cents) for line in order.lines] == [(3, 1050)]
    assert (await shelves.level(mug)).reserved == 3


async def test_a_line_that_was_taken_out_of_a_hold_is_in_it_again():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    await make.product("BOWL", on_hand=5, price_cents=900)
    held = await make.hold(robin, MUG=3, BOWL=1)
    operation = await make.operation(lambda: orders.release(held.id, mug, 3, actor="Robin"))

    await undo(operation)

    order = await queries.order(held.id)
    assert sorted((line.sku, line.quantity) for line in order.lines) == [("BOWL", 1), ("MUG", 3)]
    assert order.total_cents == 1950


async def test_a_line_that_was_taken_out_of_a_hold_comes_back_at_its_price():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    before = await make.hold(robin, BOWL=1, MUG=3)
    await orders.cancel(before.id, actor="Robin")
    await catalog.edit(mug, price_cents=400)
    await orders.repeat(before.id, clerk=robin, actor="Robin")
    held = await make.hold(robin)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))
    taken_out = await make.operation(
        lambda: orders.set_quantity(mug, 0, clerk=robin, actor="Robin")
    )
    await catalog.edit(bowl, price_cents=1000)

    await undo(taken_out)

    after = await queries.order(held.id)
    assert sorted((line.sku, line.quantity, line.unit_price_cents) for line in after.lines) == [
        ("BOWL", 1, 900),
        ("MUG", 3, 350),
    ]
    assert after.total_cents == held.total_cents == 1950


async def test_what_was_added_to_a_recalled_hold_is_taken_out_step_by_step():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    held = await make.hold(robin, MUG=2)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))
    more = await make.operation(lambda: orders.scan(mug, 1, clerk=robin, actor="Robin"))
    new = await make.operation(lambda: orders.scan(bowl, 1, clerk=robin, actor="Robin"))

    await undo(new)
    await undo(more)

    order = await queries.order(held.id)
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 2)]
    assert (order.total_cents, order.recalled_by) == (700, robin)
    assert [(await shelves.level(product)).reserved for product in (mug, bowl)] == [2, 0]


async def test_the_life_of_an_order_is_undone_step_by_step():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    hold = await make.operation(lambda: make.hold(robin, MUG=2))
    hand_over = await make.operation(lambda: orders.hand_over(1, actor="Robin"))
    back = await make.operation(
        lambda: orders.take_back(1, [Back(mug, 1, Condition.DAMAGED)], actor="Robin")
    )
    cancel = await make.operation(lambda: orders.cancel(1, actor="Robin"))

    said = [await undo(operation) for operation in (cancel, back, hand_over, hold)]

    level = await shelves.level(mug)
    assert [text.split(" until ")[0] for text in said] == [
        "Order 1 is completed again.",
        "The return to order 1 is undone.",
        "Order 1 is on hold again",
        "Hold 1 undone; its lines are on the counter again.",
    ]
    assert (level.on_hand, level.reserved) == (5, 0)


async def test_a_sale_of_found_goods_is_undone_with_its_correction():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    await make.cart(robin, MUG=3)
    await orders.find(mug, 2, clerk=robin, is_manager=False)
    operation = await make.operation(lambda: make.sale(robin))

    await undo(operation)

    assert (await shelves.level(mug)).on_hand == 1
    assert [(event.kind, event.on_hand_change) for event in await shelves.events(mug)] == [
        ("adjusted", -2),
        ("restocked", 0),
        ("returned", 3),
        ("low_stock", 0),
        ("sold", -3),
        ("adjusted", 2),
        ("received", 1),
    ]


async def test_products_are_put_back_in_the_order_of_their_ids():
    """As every action takes them, so that no two ever wait for each other."""
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    operation = await make.operation(lambda: make.sale(robin, MUG=2, BOWL=1))

    await undo(operation)

    undone = await StockEvent.select(StockEvent.product).where(StockEvent.reason == "undo")
    assert [event["product"] for event in undone] == [1, 2]


async def test_an_undo_that_crosses_the_reorder_point_says_so():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, reorder_point=3)
    operation = await make.operation(lambda: make.sale(robin, MUG=2))

    await undo(operation)

    assert [event.kind for event in await shelves.events(mug)] == [
        "restocked",
        "returned",
        "low_stock",
        "sold",
        "received",
    ]


async def test_twenty_who_undo_one_action_undo_it_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: make.sale(robin, MUG=2))

    outcomes = await asyncio.gather(*(undo(operation) for _ in range(20)), return_exceptions=True)

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, CannotUndo) for outcome in outcomes) == 19
    assert (await shelves.level(mug)).on_hand == 5


async def test_an_action_is_undone_whole_or_not_at_all():
    """By the number of its first event; no other event of it is an action of its own."""
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5, reorder_point=4)
    operation = await make.operation(lambda: make.sale(robin, MUG=2, BOWL=1))

    for other in (operation + 1, operation + 2, 99):
        async with refused(NotFound, "There is nothing to undo."):
            await undo(other)
