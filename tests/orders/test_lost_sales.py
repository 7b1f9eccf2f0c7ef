"""What customers wanted and did not get: noted, and reported."""

from datetime import timedelta

from app import clock
from app.orders import actions as orders
from app.orders import lost
from app.orders.tables import LostSale
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make, screen


async def test_lost_sales_are_summed_for_each_product_of_thirty_days():
    mug = await make.product("MUG", price_cents=350)
    bowl = await make.product("BOWL", price_cents=1250)
    now = clock.now()
    for days, product, units in [(31, mug, 99), (29, mug, 2), (3, bowl, 1), (1, mug, 3)]:
        with clock.at(now - timedelta(days=days)):
            await orders.note_lost(product, units, actor="Robin")

    with clock.at(now):
        found = await lost.report()
        total = await lost.total()

    assert [(row.sku, row.times, row.units, row.total_cents) for row in found] == [
        ("MUG", 2, 5, 1750),
        ("BOWL", 1, 1, 1250),
    ]
    assert found[0].last_at == now - timedelta(days=1)
    assert total == (3, 6, 3000)


async def test_a_lost_sale_keeps_what_there_was_and_what_it_cost_then():
    mug = await make.product("MUG", on_hand=4, price_cents=350)
    await make.reserved(mug, 3)

    await orders.note_lost(mug, 2, actor="Robin")
    await stock.adjust(mug, 5, reason=AdjustmentReason.FOUND, actor="Robin")

    (kept,) = await LostSale.select()
    assert (kept["available"], kept["unit_price_cents"], kept["quantity"]) == (1, 350, 2)


async def test_the_report_shows_what_was_lost_and_who_waits():
    mug = await make.product("MUG", name="Blue mug", price_cents=350)

    async with screen.clerk("Robin") as robin:
        await orders.await_stock(mug, 4, customer="Mrs Howard", clerk=1, actor="Robin")
        await orders.note_lost(mug, 2, actor="Robin")
        page = await robin.get("/orders/lost")

    assert "Blue mug MUG 0 out 1 2" in page.words
    assert "Lost 1 time, 2 units £7.00" in page.words
    assert "Blue mug MUG 4 Mrs Howard noted by Robin" in page.words


async def test_a_lost_sale_is_noted_by_its_code():
    await make.product("MUG", name="Blue mug", barcodes=("5012345678900",))
    events = await StockEvent.count()

    async with screen.clerk() as robin:
        page = await robin.get("/orders/lost")
        after = await robin.press(page, "Note it", {"sku": "5012345678900", "quantity": "3"})

    assert "No sale was lost" in page.words
    assert "Lost 1 time, 3 units £10.50" in after.words
    assert await StockEvent.count() == events


async def test_a_code_that_nobody_knows_is_not_noted():
    async with screen.clerk() as robin:
        page = await robin.get("/orders/lost")
        unknown = await robin.press(page, "Note it", {"sku": "NIX", "quantity": "3"})
        none = await robin.press(page, "Note it", {"sku": "", "quantity": "x"})

    assert unknown.status == 404
    assert "There is no product with the SKU NIX." in unknown.words
    assert unknown.typed("/orders/lost", "sku") == "NIX"
    assert none.status == 422
    assert "The SKU or barcode is missing." in none.words
    assert await LostSale.count() == 0
