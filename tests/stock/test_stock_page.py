"""The stock list, used without scripts."""

from app.catalog import queries as catalog
from app.catalog.tables import Product
from app.database.dialect import BILLION
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions
from app.stock import queries as stock
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make, screen


async def test_the_list_shows_each_product_with_its_badge_in_order_of_names():
    await make.product("MUG", name="Blue mug", on_hand=3, reorder_point=5, price_cents=350)
    await make.product("BOWL", name="Apple bowl", on_hand=1284, price_cents=1250)

    async with screen.clerk() as robin:
        page = await robin.get("/stock")

    assert page.words.index("Apple bowl") < page.words.index("Blue mug")
    assert (
        "BOWL Apple bowl 1 284 available 1 284 – 0 £12.50 Receive Adjust Count Edit" in page.words
    )
    assert "MUG Blue mug 3 low 3 – 5 £3.50 Receive Adjust Count Edit" in page.words
    assert 'data-stock="BOWL" data-available="1284"' in page.html


async def test_the_list_is_cut_to_what_is_low_or_out():
    await make.product("MUG", name="Blue mug", on_hand=3, reorder_point=5)
    await make.product("BOWL", name="Apple bowl", on_hand=9)
    await make.product("CUP", name="Tea cup", on_hand=0)

    async with screen.clerk() as robin:
        low = await robin.get("/stock?status=low")
        out = await robin.get("/stock?status=out")

    assert "Blue mug" in low.words
    assert "Tea cup" in low.words
    assert "Apple bowl" not in low.words
    assert "Tea cup" in out.words
    assert "Blue mug" not in out.words


async def test_a_search_finds_and_says_when_it_finds_nothing():
    await make.product("MUG", name="Blue mug", on_hand=3)

    async with screen.clerk() as robin:
        page = await robin.get("/stock")
        found = await robin.enter(page, "/stock", {"search": "bleu"})
        nothing = await robin.enter(page, "/stock", {"search": "teapot"})

    assert "Nothing is spelled “bleu”; this comes near." in found.words
    assert "Blue mug" in found.words
    assert "No product matches “teapot”" in nothing.words


async def test_the_pages_of_the_list_lead_to_each_other():
    for number in range(60):
        await make.product(f"MUG-{number:02}", name=f"Mug {number:02}", on_hand=1)

    async with screen.clerk() as robin:
        first = await robin.get("/stock")
        next_page = first.html.split("Next →")[0].rsplit('href="', 1)[1].split('"')[0]
        second = await robin.get(next_page.replace("&amp;", "&"))

    assert "From Mug 00 to Mug 49" in first.words
    assert "From Mug 50 to Mug 59" in second.words


async def test_what_an_address_cannot_mean_shows_the_list_from_its_beginning():
    await make.product("MUG", name="Blue mug")

    async with screen.clerk() as robin:
        page = await robin.get("/stock?status=blue&sort=taste&at=nowhere")

    assert page.status == 200
    assert "Blue mug" in page.words


async def test_a_new_product_comes_with_its_opening_stock():
    async with screen.clerk() as robin:
        form = await robin.get("/stock/new?name=Blue mug")
        assert form.typed("/stock", "name") == "Blue mug"
        product = await robin.enter(
            form,
            "/stock",
            {
                "sku": "MUG-BLUE",
                "price": "12.50",
                "on_hand": "1 284",
                "reorder_point": "20",
                "barcodes": "5012345678900\n5012345678917 ",
                "category": "Kitchen",
            },
        )

    assert product.url == "/stock/MUG-BLUE"
    assert "Opened with 1 284 at" in product.words
    entry = await catalog.by_sku("mug-blue")
    assert entry.price_cents == 1250
    assert entry.barcodes == ("5012345678900", "5012345678917")
    level = await stock.level(entry.id)
    assert (level.on_hand, level.reorder_point) == (1284, 20)


async def test_every_mistake_in_a_new_product_is_said_at_its_field_and_nothing_is_lost():
    await make.product("MUG")
    typed = {
        "sku": "a mug",
        "name": "",
        "price": "twelve",
        "on_hand": "-1",
        "reorder_point": "many",
        "barcodes": "ä",
        "category": "Kitchen",
    }

    async with screen.clerk() as robin:
        form = await robin.get("/stock/new")
        again = await robin.enter(form, "/stock", typed)
        taken = await robin.enter(
            form,
            "/stock",
            {
                **typed,
                "sku": "mug",
                "name": "Mug",
                "price": "1",
                "on_hand": "1",
                "reorder_point": "1",
                "barcodes": "",
            },
        )

    assert again.status == 422
    assert "A SKU is made of letters, digits, dots, dashes and underscores" in again.words
    assert "The name is missing." in again.words
    assert "Write the price like 12.50." in again.words
    assert "The number on hand has to be 0 or more." in again.words
    assert "The reorder point has to be a whole number." in again.words
    assert "A barcode is letters, digits and signs, without spaces." in again.words
    assert [again.typed("/stock", name) for name in typed] == list(typed.values())
    assert taken.status == 409
    assert "Another product has the SKU mug already." in taken.words
    assert await Product.count() == 1


async def test_a_delivery_is_received():
    mug = await make.product("MUG", name="Blue mug", on_hand=3)

    async with screen.clerk("Robin") as robin:
        form = await robin.get("/stock/MUG/receipts/new")
        product = await robin.press(form, "Save", {"quantity": "24", "note": "delivery 2291"})

    assert product.url == "/stock/MUG"
    assert "Received, delivery 2291 +24 3 → 27 Robin" in product.words
    assert (await stock.level(mug)).on_hand == 27


async def test_the_same_delivery_sent_twice_is_received_once():
    mug = await make.product("MUG", on_hand=3)

    async with screen.clerk() as robin:
        form = await robin.get("/stock/MUG/receipts/new")
        await robin.press(form, "Save", {"quantity": "24"})
        await robin.press(form, "Save", {"quantity": "24"})

    assert (await stock.level(mug)).on_hand == 27


async def test_more_than_a_shelf_can_have_is_said_in_the_form_and_nothing_is_received():
    mug = await make.product("MUG", on_hand=1_000_000)
    await actions.receive(mug, BILLION - 1_000_001, actor="Anna")

    async with screen.clerk() as robin:
        form = await robin.get("/stock/MUG/receipts/new")
        full = await robin.press(form, "Save", {"quantity": "5", "note": "delivery 2291"})
        found = {"change": "5", "reason": "found"}
        form = await robin.get("/stock/MUG/adjustments/new")
        adjusted = await robin.press(form, "Save", found)

    for page in (full, adjusted):
        assert page.status == 422
        assert "MUG cannot have more than 1 000 000 000." in page.words
    assert full.typed("/stock/MUG/receipts", "note") == "delivery 2291"
    assert (await stock.level(mug)).on_hand == BILLION - 1
    assert await StockEvent.count() == 2


async def test_an_adjustment_needs_a_reason_that_fits_and_stays_above_nothing():
    mug = await make.product("MUG", on_hand=3)

    async with screen.clerk() as robin:
        form = await robin.get("/stock/MUG/adjustments/new")
        empty = await robin.press(
            form, "Save", {"change": "", "reason": "", "note": "jars cracked"}
        )
        wrong_way = await robin.press(form, "Save", {"change": "2", "reason": "damaged"})
        too_many = await robin.press(form, "Save", {"change": "−4", "reason": "damaged"})
        events = await StockEvent.count()
        done = await robin.press(form, "Save", {"change": "−2", "reason": "damaged"})

    assert empty.status == 422
    assert "The change is missing." in empty.words
    assert "Choose a reason." in empty.words
    assert empty.typed("/stock/MUG/adjustments", "note") == "jars cracked"
    assert wrong_way.status == 422
    assert "What is damaged leaves the shelf: −2." in wrong_way.words
    assert too_many.status == 409
    assert "Only 3 of MUG can go: 3 on hand, none reserved." in too_many.words
    assert events == 1
    assert "Adjusted: damaged −2 3 → 1" in done.words
    assert (await stock.level(mug)).on_hand == 1


async def test_name_price_and_reorder_point_are_edited():
    mug = await make.product("MUG", name="Blue mug", on_hand=3, price_cents=350)

    async with screen.clerk() as robin:
        form = await robin.get("/stock/MUG/edit")
        assert form.typed("/stock/MUG", "price") == "3.50"
        await robin.press(form, "Save", {"name": "Sky mug", "price": "4", "reorder_point": "5"})
        wrong = await robin.press(form, "Save", {"name": "", "price": "4", "reorder_point": "5"})

    level = await stock.level(mug)
    assert (level.name, level.price_cents, level.reorder_point) == ("Sky mug", 400, 5)
    assert wrong.status == 422
    assert "The name is missing." in wrong.words


async def test_a_product_says_why_it_stands_at_its_number():
    mug = await make.product("MUG", on_hand=40)
    await actions.count(mug, 41, actor="Anna")
    await actions.adjust(mug, 8, reason=AdjustmentReason.FOUND, actor="Anna")
    await orders.place([Wanted("MUG", 6)], actor="Tom")
    await orders.place([Wanted("MUG", 2)], actor="Priya")

    async with screen.clerk() as robin:
        product = await robin.get("/stock/MUG")

    assert "Counted as 41 by Anna at" in product.words
    assert "; since then +8 found and −8 sold, so 41 are on hand." in product.words
    assert "None is reserved, so 41 are available." in product.words
    assert "Counted 41, expected 40 +1 40 → 41 Anna" in product.words


async def test_the_history_of_a_product_goes_back_page_by_page():
    mug = await make.product("MUG", on_hand=100)
    for _ in range(60):
        await actions.adjust(mug, -1, reason=AdjustmentReason.LOST, actor="Anna")

    async with screen.clerk() as robin:
        newest = await robin.get("/stock/MUG")
        older = newest.html.split("Older →")[0].rsplit('href="', 1)[1].split('"')[0]
        oldest = await robin.get(older)

    assert "41 → 40" in newest.words
    assert "Opening stock" not in newest.words
    assert "Opening stock +100 0 → 100" in oldest.words


async def test_a_product_that_is_not_there_is_one_sentence():
    async with screen.clerk() as robin:
        page = await robin.get("/stock/NIX")

    assert page.status == 404
    assert "There is no product with the SKU NIX." in page.words
