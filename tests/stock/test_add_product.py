import pytest

from app.catalog import queries as catalog
from app.catalog.actions import BarcodeTaken, SkuTaken
from app.catalog.tables import Barcode, Product, SearchEntry
from app.stock import actions as stock
from app.stock import queries
from app.stock.tables import StockEvent
from tests import make


async def test_a_new_product_has_its_opening_stock():
    mug = await stock.add_product(
        "MUG-BLUE",
        "Blue mug",
        price_cents=350,
        category="Mugs",
        barcodes=["400123", "400124"],
        reorder_point=4,
        on_hand=12,
        actor="Robin",
    )

    level = await queries.level(mug)
    (opening,) = await queries.events(mug)
    assert (level.sku, level.name, level.price_cents) == ("MUG-BLUE", "Blue mug", 350)
    assert (level.on_hand, level.reserved, level.reorder_point, level.is_low) == (12, 0, 4, False)
    assert (opening.kind, opening.note, opening.on_hand_change, opening.actor) == (
        "received",
        "opening",
        12,
        "Robin",
    )
    entry = await catalog.product(mug)
    assert (entry.category, entry.barcodes) == ("Mugs", ("400123", "400124"))


@pytest.mark.parametrize(("on_hand", "reorder_point"), [(0, 4), (3, 4), (4, 4), (0, 0)])
async def test_a_product_that_begins_low_is_alerted_once_and_cleared_once(
    on_hand: int, reorder_point: int
):
    mug = await make.product(on_hand=on_hand, reorder_point=reorder_point)

    alert, opening = await queries.events(mug)
    assert (await queries.level(mug)).is_low
    assert (alert.kind, alert.on_hand_change, alert.on_hand) == ("low_stock", 0, on_hand)
    assert (opening.kind, opening.note) == ("received", "opening")
    await stock.receive(mug, 9, actor="Robin")
    kinds = [event.kind for event in await queries.events(mug)]
    assert kinds == ["restocked", "received", "low_stock", "received"]


async def test_a_product_that_begins_above_its_reorder_point_is_no_alert():
    mug = await make.product(on_hand=5, reorder_point=4)

    assert [event.kind for event in await queries.events(mug)] == ["received"]


@pytest.mark.parametrize("sku", ["MUG-BLUE", "mug-blue", "Mug-Blue", " mug-BLUE "])
async def test_a_sku_that_is_taken_is_refused_in_any_case(sku: str):
    await make.product("MUG-BLUE", on_hand=5)

    with pytest.raises(SkuTaken) as refusal:
        await make.product(sku, name="Another mug", on_hand=7)

    assert str(refusal.value) == f"Another product has the SKU {sku} already."
    assert await Product.count() == 1
    assert await StockEvent.count() == 1


async def test_a_barcode_that_is_taken_is_refused_and_nothing_of_the_product_stays():
    await make.product("MUG-BLUE", on_hand=5, barcodes=("400123",))
    entries = await SearchEntry.count()

    with pytest.raises(BarcodeTaken) as refusal:
        await make.product("BOWL", on_hand=5, barcodes=("400999", "400123"))

    assert str(refusal.value) == "Another product has the barcode 400123 already."
    assert await Product.count() == 1
    assert await Barcode.count() == 1
    assert await SearchEntry.count() == entries
    assert await StockEvent.count() == 1


async def test_a_barcode_printed_twice_is_one_barcode():
    mug = await make.product("MUG-BLUE", barcodes=("400123", "400123"))

    assert (await catalog.product(mug)).barcodes == ("400123",)


async def test_a_sku_is_kept_as_it_was_typed_and_found_in_any_case():
    mug = await make.product("Mug-Blue_1.5")

    found = await queries.level_by_sku("MUG-BLUE_1.5")

    assert (found.id, found.sku) == (mug, "Mug-Blue_1.5")
