"""Counting one product in its row or on its page, while others sell it and count it."""

from app.stock import actions, queries, recounts
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make, screen

FORM = "/stock/MUG/counts"


async def test_the_form_says_what_is_expected_and_the_log_what_was_found():
    mug = await make.product("MUG", name="Blue mug", on_hand=42)

    async with screen.clerk("Robin") as robin:
        form = await robin.get(f"{FORM}/new")
        product = await robin.press(form, "Save", {"counted": "40", "note": "shelf 3"})

    assert "Expected 42" in form.words
    assert product.url == "/stock/MUG"
    assert "Counted 40, expected 42, shelf 3 −2 42 → 40 Robin" in product.words
    assert (await queries.level(mug)).on_hand == 40


async def test_a_row_that_was_counted_says_how_it_differs():
    await make.product("MUG", name="Blue mug", on_hand=42)

    async with screen.clerk() as robin:
        form = await robin.get(f"{FORM}/new")
        row = await robin.fragment(form, FORM, {"counted": "40"})

    assert "Blue mug: counted 40, expected 42: −2." in row.text
    assert "/undo/" in row.text


async def test_what_is_sold_while_it_is_counted_stays_sold():
    mug = await make.product("MUG", name="Blue mug", on_hand=42)

    async with screen.clerk() as robin:
        form = await robin.get(f"{FORM}/new")
        await actions.adjust(mug, -3, reason=AdjustmentReason.LOST, actor="Tom")
        row = await robin.fragment(form, FORM, {"counted": "40"})

    assert "counted 40, expected 42: −2. Since then −3: 37 on hand." in row.text
    assert (await queries.level(mug)).on_hand == 37


async def test_what_a_colleague_counted_meanwhile_is_told_before_it_is_replaced():
    mug = await make.product("MUG", name="Blue mug", on_hand=42)

    async with screen.clerk() as robin:
        form = await robin.get(f"{FORM}/new")
        await actions.count(mug, 41, actor="Anna")
        told = await robin.press(form, "Save", {"counted": "40", "note": "shelf 3"})
        events = await StockEvent.count()
        saved = await robin.press(told, "Save")

    assert told.status == 409
    assert "Anna counted 41 of MUG at" in told.words
    assert "Expected 41" in told.words
    assert (told.typed(FORM, "counted"), told.typed(FORM, "note")) == ("40", "shelf 3")
    assert events == 2
    assert "Counted 40, expected 41, shelf 3 −1 41 → 40" in saved.words
    assert (await queries.level(mug)).on_hand == 40


async def test_a_mistake_keeps_what_was_expected_when_the_shelf_was_counted():
    mug = await make.product("MUG", name="Blue mug", on_hand=42)

    async with screen.clerk() as robin:
        form = await robin.get(f"{FORM}/new")
        await actions.receive(mug, 10, actor="Tom")
        again = await robin.press(form, "Save", {"counted": "fourty"})
        await robin.press(again, "Save", {"counted": "40"})

    assert again.status == 422
    assert "What was counted has to be a whole number." in again.words
    assert again.typed(FORM, "counted") == "fourty"
    assert (await queries.level(mug)).on_hand == 50


async def test_fewer_than_are_reserved_cannot_be_counted_and_it_says_for_whom():
    mug = await make.product("MUG", on_hand=5)
    await make.reserved(mug, 2, customer="Mrs Okafor")

    async with screen.clerk() as robin:
        form = await robin.get(f"{FORM}/new")
        refused = await robin.press(form, "Save", {"counted": "1"})

    assert refused.status == 409
    assert "5 on hand, 2 reserved: 2 for Mrs Okafor until" in refused.words
    assert refused.typed(FORM, "counted") == "1"
    assert (await queries.level(mug)).on_hand == 5


async def test_a_form_that_does_not_say_when_it_was_shown_is_not_taken():
    mug = await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        form = await robin.get(f"{FORM}/new")
        nonsense = await robin.press(form, "Save", {"counted": "1", "as_of": "yesterday"})
        future = await robin.press(form, "Save", {"counted": "1", "as_of": "999"})

    assert nonsense.status == 404
    assert future.status == 403
    assert "This page is too old. Load it again, then try once more." in future.words
    assert (await queries.level(mug)).on_hand == 5


async def test_what_somebody_asked_to_be_counted_is_asked_until_it_is():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    await actions.ask_for_count(mug, actor="Anna", note="found 2 on the shelf")
    await actions.ask_for_count(mug, actor="Tom", note="again")
    asked = await recounts.asked()

    await actions.count(mug, 7, actor="Robin")

    assert [(one.sku, one.note, one.actor) for one in asked] == [
        ("MUG", "found 2 on the shelf", "Anna")
    ]
    assert await recounts.asked() == []
