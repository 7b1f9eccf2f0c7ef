"""A delivery that is scanned, used without scripts."""

from app.stock import queries
from app.stock.tables import StockEvent
from tests import make, screen


async def test_a_delivery_is_scanned_and_received_at_once():
    mug = await make.product("MUG", name="Blue mug", on_hand=5, barcodes=("4006381333931",))

    async with screen.clerk("Robin") as robin:
        form = await robin.get("/receipts")
        page = await robin.press(form, "Begin to scan", {"name": "2291, Gisela Graham"})
        page = await robin.enter_scan(page, "4006381333931")
        page = await robin.enter_scan(page, "11*MUG")
        received = await robin.press(page, "Receive 12 units")
        listed = await robin.get("/receipts")
        product = await robin.get("/stock/MUG")

    assert "Delivery, begun by Robin at" in page.words
    assert "expected" not in page.words
    assert "Closed by Robin at" in received.words
    assert "1 of 1 count received." in received.words
    assert "2291, Gisela Graham 1 product, 12 units Robin, closed at" in listed.words
    assert "Received, 2291, Gisela Graham +12 5 → 17 Robin" in product.words
    assert (await queries.level(mug)).on_hand == 17


async def test_the_answer_carries_the_way_back_and_sent_twice_it_is_received_once():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        form = await robin.get("/receipts")
        page = await robin.press(form, "Begin to scan", {"name": "2291"})
        page = await robin.enter_scan(page, "MUG")
        answer = await robin.fragment(page, f"{page.url}/receipt", {})
        again = await robin.fragment(page, f"{page.url}/receipt", {})

    for told in (answer, again):
        assert "2291: 1 unit received." in told.text
        assert "/undo/" in told.text
    assert (await queries.level(mug)).on_hand == 6


async def test_nought_of_a_delivery_is_nothing_of_it():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        form = await robin.get("/receipts")
        page = await robin.press(form, "Begin to scan", {"name": "2291"})
        page = await robin.enter_scan(page, "MUG")
        page = await robin.enter(page, f"{page.url}/lines/{mug}", {"counted": "0"})
        refused = await robin.press(page, "Receive 0 units")

    assert "Nothing counted yet" in page.words
    assert refused.status == 409
    assert "There is nothing to receive." in refused.words
    assert await StockEvent.count() == 1


async def test_a_delivery_has_a_name():
    async with screen.clerk() as robin:
        refused = await robin.press(await robin.get("/receipts"), "Begin to scan")
        back = await robin.get("/receipts/1/receipt")

    assert refused.status == 422
    assert "The name is missing." in refused.words
    assert back.status == 404
