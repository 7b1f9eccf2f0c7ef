"""Hold when back: whoever waits longest for what is there again gets it as a hold."""

import asyncio
from datetime import UTC, datetime, timedelta

from app import clock, sweeper
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import backorders, queries
from app.orders.queries import Placed
from app.stock import actions as stock
from app.stock import queries as shelves
from tests import make
from tests.refused import everything, refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def wait(product: int, units: int, *, clerk: int = 1, customer: str = "") -> int:
    return await orders.await_stock(product, units, customer=customer, clerk=clerk, actor="Robin")


async def waiting() -> list[tuple[str, int, str]]:
    return [(one.sku, one.quantity, one.customer) for one in await backorders.waiting()]


async def test_what_somebody_waits_for_becomes_a_hold_when_it_is_back():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=0, price_cents=350)
    await wait(mug, 2, clerk=robin, customer="Mrs Okafor")
    assert await waiting() == [("MUG", 2, "Mrs Okafor")]
    await stock.receive(mug, 5, actor="Sam")

    with clock.at(NOON):
        held = await orders.serve_next()

    level = await shelves.level(mug)
    assert held is not None
    assert (held.status, held.customer, held.actor) == ("open", "Mrs Okafor", "Onhand")
    assert (held.total_cents, held.expires_at) == (700, NOON + timedelta(days=3))
    assert (level.on_hand, level.reserved) == (5, 2)
    assert await waiting() == []


async def test_nobody_is_served_twice():
    await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    await wait(mug, 2)
    await stock.receive(mug, 9, actor="Sam")

    outcomes = await asyncio.gather(*(orders.serve_next() for _ in range(20)))

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert (await shelves.level(mug)).reserved == 2


async def test_who_waits_longest_is_served_first_and_the_next_from_what_is_left():
    await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    for units, customer in ((2, "Anna"), (4, "Ben"), (1, "Cleo")):
        await wait(mug, units, customer=customer)
    await stock.receive(mug, 4, actor="Sam")

    served = [held.customer for held in [await orders.serve_next() for _ in range(4)] if held]

    assert served == ["Anna", "Cleo"]
    assert await waiting() == [("MUG", 4, "Ben")]
    assert (await shelves.level(mug)).available == 1


async def test_what_comes_free_by_itself_is_served_too():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=2)
    with clock.at(NOON):
        await make.hold(robin, MUG=2, minutes=30)
    await wait(mug, 1, customer="Anna")
    assert await sweeper.serve() is None

    with clock.at(NOON + timedelta(minutes=30)):
        await sweeper.expire()
        await sweeper.serve()

    assert await waiting() == []
    assert (await shelves.level(mug)).reserved == 1


async def test_what_is_no_longer_sold_is_not_served():
    await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    await wait(mug, 1)
    await stock.receive(mug, 5, actor="Sam")
    await make.archive(mug)
    before = await everything()

    assert await backorders.next_served() is None
    assert await orders.serve_next() is None
    assert await everything() == before


async def test_what_the_clerk_has_in_the_cart_is_taken_out_of_it():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    await make.product("BOWL", on_hand=5)
    await make.cart(robin, MUG=3, BOWL=1)

    await wait(mug, 3, clerk=robin)

    cart = await make.cart(robin)
    assert [line.sku for line in cart.lines] == ["BOWL"]
    assert (await shelves.level(mug)).available == 1


async def test_only_what_is_awaited_is_taken_out_of_the_cart():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=2)
    await make.cart(robin, MUG=5)

    await wait(mug, 3, clerk=robin)

    cart = await make.cart(robin)
    assert [(line.sku, line.quantity) for line in cart.lines] == [("MUG", 2)]
    assert await waiting() == [("MUG", 3, "")]


async def test_what_lies_in_a_recalled_hold_is_released():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=3)
    await make.product("BOWL", on_hand=5)
    held = await make.hold(robin, MUG=3, BOWL=1)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))

    await wait(mug, 4, clerk=robin)

    assert [line.sku for line in (await queries.order(held.id)).lines] == ["BOWL"]
    assert (await shelves.level(mug)).reserved == 0
    assert await waiting() == [("MUG", 4, "")]


async def test_whoever_does_not_want_it_any_more_waits_no_longer():
    await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    backorder = await wait(mug, 2)
    await orders.stop_waiting(backorder)
    await stock.receive(mug, 5, actor="Sam")

    assert await waiting() == []
    assert await orders.serve_next() is None
    async with refused(NotFound, "Nobody waits for this any more."):
        await orders.stop_waiting(backorder)
    async with refused(NotFound, "Nobody waits for this any more."):
        await orders.stop_waiting(99)


async def test_whoever_was_served_waits_no_longer():
    await make.clerk()
    mug = await make.product("MUG", on_hand=2)
    backorder = await wait(mug, 2)
    await orders.serve_next()

    async with refused(NotFound, "Nobody waits for this any more."):
        await orders.stop_waiting(backorder)


async def test_nobody_waits_for_what_is_not_sold():
    await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    await make.archive(mug)

    async with refused(NotFound, "There is no such product."):
        await wait(99, 1)
    async with refused(NotFound, "MUG is no longer sold."):
        await wait(mug, 1)
