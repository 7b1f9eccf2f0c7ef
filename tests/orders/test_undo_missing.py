"""What was noted as missing is taken back: with the change of a hold, or from a cart by itself."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.catalog import actions as catalog
from app.orders import actions as orders
from app.orders import backorders, queries
from app.orders.tables import LostSale
from app.stock import actions as stock
from app.stock import queries as shelves
from app.stock.actions import CannotUndo
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SETTLED = "Cannot undo: it is settled by now."

Note = Callable[[int], Awaitable[int]]
Undo = Callable[..., Awaitable[str]]


async def lose(mug: int) -> int:
    return await orders.lose_sale(mug, clerk=1, actor="Robin")


async def wait(mug: int) -> int:
    return await orders.await_stock(mug, 3, customer="Anna", clerk=1, actor="Robin")


async def noted() -> int:
    """Lost sales, and those who wait."""
    return int(await LostSale.count()) + len(await backorders.waiting())


async def recalled(units: int = 5) -> int:
    """A hold of five mugs and a bowl on the counter of Robin; the mug."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=units)
    await make.product("BOWL", on_hand=5)
    held = await make.hold(robin, MUG=5, BOWL=1)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))
    return mug


async def in_cart() -> int:
    """Five mugs in the cart of Robin, of which two are there; the mug."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=2, price_cents=350)
    await make.cart(robin, MUG=5)
    await catalog.edit(mug, price_cents=400)
    return mug


@pytest.mark.parametrize("note", [lose, wait])
async def test_with_the_change_of_a_hold_goes_what_it_noted(note: Note):
    mug = await recalled()
    operation = await make.operation(lambda: note(mug))
    assert await noted() == 1

    await orders.undo(operation, clerk=1, actor="Robin")

    assert await noted() == 0
    lines = (await queries.order(1)).lines
    assert sorted((line.sku, line.quantity) for line in lines) == [("BOWL", 1), ("MUG", 5)]
    assert (await shelves.level(mug)).reserved == 5


async def test_whoever_was_served_meanwhile_has_what_was_missing():
    mug = await recalled()
    operation = await make.operation(lambda: wait(mug))
    served = await orders.serve_next()
    assert served
    await stock.receive(mug, 9, actor="Sam")

    says = f"Cannot undo: what was missing is there by now, and put aside in order {served.id}."
    async with refused(CannotUndo, says):
        await orders.undo(operation, clerk=1, actor="Robin")


@pytest.mark.parametrize(
    ("note", "undo", "said"),
    [
        (lose, orders.undo_lost_sale, 0),
        (wait, orders.undo_backorder, 2),
    ],
)
async def test_the_line_is_in_the_cart_again_at_its_price(note: Note, undo: Undo, said: int):
    mug = await in_cart()
    number = await note(mug)
    cart = await queries.cart(1)
    assert cart
    assert cart.units == said

    assert await undo(number, clerk=1, actor="Robin") == "Undone: the line is in the order again."

    cart = await queries.cart(1)
    assert cart
    assert [(line.quantity, line.unit_price_cents) for line in cart.lines] == [(5, 350)]
    assert await noted() == 0
    async with refused(CannotUndo, SETTLED):
        await undo(number, clerk=1, actor="Robin")


@pytest.mark.parametrize(
    ("note", "undo"), [(lose, orders.undo_lost_sale), (wait, orders.undo_backorder)]
)
async def test_what_is_not_ones_own_or_too_old_stays_noted(note: Note, undo: Undo):
    mug = await in_cart()
    with clock.at(NOON):
        number = await note(mug)

    with clock.at(NOON + timedelta(minutes=10)):
        async with refused(CannotUndo, SETTLED):
            await undo(number, clerk=2, actor="Sam")
    with clock.at(NOON + timedelta(minutes=10, microseconds=1)):
        async with refused(CannotUndo, SETTLED):
            await undo(number, clerk=1, actor="Robin")


@pytest.mark.parametrize(
    ("note", "undo"), [(lose, orders.undo_lost_sale), (wait, orders.undo_backorder)]
)
async def test_a_line_is_not_laid_into_a_hold(note: Note, undo: Undo):
    mug = await in_cart()
    number = await note(mug)
    await make.product("CUP", on_hand=1)
    cart = await make.cart(1)
    if cart.lines:
        await orders.set_quantity(mug, 0, clerk=1, actor="Robin")
    held = await make.hold(1, CUP=1)
    await orders.recall(held.id, clerk=1, at_least=timedelta(minutes=10))

    says = f"Cannot undo: order {held.id} lies on your counter now. Put it aside first."
    async with refused(CannotUndo, says):
        await undo(number, clerk=1, actor="Robin")


async def test_of_what_was_in_no_cart_nothing_is_laid_into_one():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    backorder = await wait(mug)

    said = await orders.undo_backorder(backorder, clerk=robin, actor="Robin")

    assert said == "Undone: nobody waits for it."
    assert await queries.cart(robin) is None
    assert await noted() == 0
