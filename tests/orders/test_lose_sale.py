"""The customer left: what would have been bought is remembered, and leaves the cart."""

from datetime import UTC, datetime, timedelta

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.tables import LostSale
from app.stock import queries as stock
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GONE = "This line is no longer in the order."


async def lost() -> list[tuple[int, int, int, int, str]]:
    rows = await LostSale.select().order_by(LostSale.id)
    return [
        (r["product"], r["quantity"], r["unit_price_cents"], r["available"], r["actor"])
        for r in rows
    ]


async def test_a_lost_sale_keeps_what_was_wanted_what_it_cost_and_what_was_there():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=2, price_cents=350)
    await make.product("BOWL", on_hand=5)
    await make.cart(robin, MUG=3, BOWL=1)

    with clock.at(NOON):
        await orders.lose_sale(mug, clerk=robin, actor="Robin")

    (moment,) = await LostSale.select(LostSale.happened_at).output(as_list=True)
    cart = await make.cart(robin)
    assert await lost() == [(mug, 3, 350, 2, "Robin")]
    assert moment == NOON
    assert [line.sku for line in cart.lines] == ["BOWL"]
    assert (await stock.level(mug)).available == 2


async def test_a_line_of_a_recalled_hold_that_is_lost_is_released():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    held = await make.hold(robin, MUG=3, BOWL=1)
    await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))

    await orders.lose_sale(mug, clerk=robin, actor="Robin")

    assert [line.sku for line in (await queries.order(held.id)).lines] == ["BOWL"]
    assert (await stock.level(mug)).reserved == 0
    assert await lost() == [(mug, 3, 350, 2, "Robin")]


async def test_what_is_not_in_the_cart_is_not_lost():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    mug = await make.product("MUG", on_hand=2)
    bowl = await make.product("BOWL", on_hand=2)

    async with refused(NotFound, GONE):
        await orders.lose_sale(mug, clerk=robin, actor="Robin")
    await make.cart(robin, MUG=3)
    async with refused(NotFound, GONE):
        await orders.lose_sale(bowl, clerk=robin, actor="Robin")
    async with refused(NotFound, GONE):
        await orders.lose_sale(mug, clerk=sam, actor="Sam")


async def test_a_sale_is_lost_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=2)
    await make.cart(robin, MUG=3)
    await orders.lose_sale(mug, clerk=robin, actor="Robin")

    async with refused(NotFound, GONE):
        await orders.lose_sale(mug, clerk=robin, actor="Robin")
