from datetime import timedelta

import pytest

from app import clock
from app.catalog import actions as catalog
from app.catalog import queries
from app.catalog.actions import BarcodeTaken
from app.errors import NotFound
from app.stock import actions as stock
from app.stock import queries as levels
from app.stock.tables import StockEvent
from tests import make


async def test_what_is_given_is_changed_and_nothing_else():
    mug = await make.product("MUG-BLUE", price_cents=350, barcodes=("400123",), on_hand=5)
    before = await queries.product(mug)

    with clock.at(before.updated_at + timedelta(minutes=1)):
        await catalog.edit(mug, name="Sky blue mug")

    after = await queries.product(mug)
    assert after.name == "Sky blue mug"
    assert after.updated_at == before.updated_at + timedelta(minutes=1)
    assert (after.sku, after.price_cents, after.barcodes, after.category) == (
        before.sku,
        before.price_cents,
        before.barcodes,
        before.category,
    )
    assert (await levels.level(mug)).on_hand == 5


async def test_a_price_of_nothing_and_a_category_of_nothing_are_given():
    mug = await make.product(price_cents=350)
    await catalog.edit(mug, category="Mugs")

    await catalog.edit(mug, price_cents=0, category="")

    after = await queries.product(mug)
    assert (after.price_cents, after.category) == (0, "")


async def test_barcodes_are_replaced_as_a_whole():
    mug = await make.product(barcodes=("1", "2", "3"))

    await catalog.edit(mug, barcodes=["3", "4"])

    assert (await queries.product(mug)).barcodes == ("3", "4")
    assert await queries.id_of("1") is None
    assert await make.product(barcodes=("1",))


async def test_a_barcode_that_is_taken_is_refused_and_the_old_ones_stay():
    mug = await make.product(barcodes=("1", "2"))
    await make.product(barcodes=("9",))

    with pytest.raises(BarcodeTaken, match=r"Another product has the barcode 9 already\."):
        await catalog.edit(mug, barcodes=["1", "9"], name="Never")

    after = await queries.product(mug)
    assert (after.barcodes, after.name) == (("1", "2"), "Blue mug")


async def test_what_is_no_product_cannot_be_changed():
    with pytest.raises(NotFound, match=r"There is no such product\."):
        await catalog.edit(99, name="Never")


async def test_a_product_and_its_reorder_point_change_together_or_not_at_all():
    mug = await make.product("MUG-BLUE", on_hand=5, barcodes=("1",))
    await make.product("BOWL", barcodes=("9",))
    was = stock.Facts("Blue mug", 350, 0, "", ("1",))
    becomes = stock.Facts("Sky blue mug", 400, 5, "Mugs", ("2",))
    taken = becomes._replace(barcodes=("9",))

    with pytest.raises(BarcodeTaken):
        await stock.edit_product(mug, was=was, becomes=taken, actor="Robin")
    assert (await levels.level(mug)).name == "Blue mug"
    assert await StockEvent.count().where(StockEvent.product == mug) == 1
    await stock.edit_product(mug, was=was, becomes=becomes, actor="Robin")

    entry = await queries.product(mug)
    assert (entry.name, entry.price_cents, entry.category) == ("Sky blue mug", 400, "Mugs")
    assert entry.barcodes == ("2",)
    assert (await levels.level(mug)).reorder_point == 5
    assert [event.kind for event in await levels.events(mug)] == ["low_stock", "received"]


@pytest.mark.parametrize("code", ["MUG-BLUE", "mug-blue", "400123"])
async def test_a_scan_finds_a_product_by_its_sku_or_by_a_barcode(code: str):
    mug = await make.product("MUG-BLUE", barcodes=("400999", "400123"))

    assert await queries.id_of(code) == mug
    assert await queries.id_of("400") is None


async def test_a_sku_that_looks_like_a_barcode_comes_before_it():
    await make.product("BOWL", barcodes=("22423",))
    stand = await make.product("22423")

    assert await queries.id_of("22423") == stand


async def test_several_products_are_asked_for_by_their_ids():
    mug = await make.product(barcodes=("1", "2"))
    await make.product()
    jug = await make.product(barcodes=("3",))

    found = await queries.products([jug, mug])

    assert {product: entry.barcodes for product, entry in found.items()} == {
        mug: ("1", "2"),
        jug: ("3",),
    }
    assert await queries.products([]) == {}


async def test_a_product_is_looked_up_by_its_sku():
    mug = await make.product("MUG-BLUE", barcodes=("1",))

    entry = await queries.by_sku("mug-BLUE")

    assert (entry.id, entry.sku, entry.barcodes) == (mug, "MUG-BLUE", ("1",))
    with pytest.raises(NotFound, match=r"There is no product with the SKU NIX\."):
        await queries.by_sku("NIX")
