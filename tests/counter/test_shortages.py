"""A line that cannot be had as it is asked for, and the ways out, as plain forms."""

import re

import pytest

from app.orders import backorders
from app.orders.tables import Backorder, LostSale
from app.stock import actions as stock_actions
from app.stock import queries as stock
from app.stock.tables import Recount, StockEvent
from tests import make, screen
from tests.counter.test_counter_page import scan


async def short_by(robin: screen.Screen, typed: str) -> screen.Page:
    counter = await scan(robin, typed)
    return await robin.press(counter, "Complete sale")


async def test_what_is_found_on_the_shelf_is_corrected_and_sold_in_one():
    mug = await make.product("MUG", name="Blue mug", on_hand=2)

    async with screen.clerk() as robin:
        counter = await short_by(robin, "5*MUG")
        where = {"words": "behind the till"}
        counter = await robin.press(counter, "Found on shelf", where)
        assert "3 found on the shelf: the books are corrected with this sale" in counter.words
        assert (await stock.level(mug)).on_hand == 2
        await robin.press(counter, "Complete sale")

    assert (await stock.level(mug)).on_hand == 0
    events = await StockEvent.select(StockEvent.kind, StockEvent.reason, StockEvent.note).where(
        StockEvent.on_hand_change != 0, StockEvent.note != "opening"
    )
    assert events == [
        {
            "kind": "adjusted",
            "reason": "found",
            "note": "On the shelf, for order 1: behind the till",
        },
        {"kind": "sold", "reason": None, "note": ""},
    ]
    assert await Recount.count() == 1


async def test_what_was_found_is_corrected_by_no_more_than_is_missing():
    mug = await make.product("MUG", on_hand=2)

    async with screen.clerk() as robin:
        counter = await robin.press(await short_by(robin, "5*MUG"), "Found on shelf")
        await stock_actions.receive(mug, 2, actor="Tom")
        await robin.press(counter, "Complete sale")

    assert (await stock.level(mug)).on_hand == 0


async def test_more_than_was_found_is_refused_as_ever():
    mug = await make.product("MUG", on_hand=2)

    async with screen.clerk() as robin:
        counter = await robin.press(await short_by(robin, "5*MUG"), "Found on shelf")
        await make.reserved(mug, 1)
        refused = await robin.press(counter, "Complete sale")

    assert refused.status == 409
    assert "Refused: asked 5, 1 free; 1 for test until " in refused.words
    level = await stock.level(mug)
    assert (level.on_hand, level.reserved) == (2, 1)


async def test_a_clerk_finds_a_handful_and_a_manager_any_number():
    await make.product("MUG", on_hand=2)

    async with screen.clerk() as robin:
        refused = await robin.press(await short_by(robin, "13*MUG"), "Found on shelf")

    assert refused.status == 403
    assert "A clerk can enter 10 found units at most. Ask a manager." in refused.words
    assert "Only 2 left now. The order asks for 13." in refused.words


async def test_what_is_not_there_is_put_aside_when_it_is_back():
    await make.product("MUG", name="Blue mug", on_hand=2)

    async with screen.clerk() as robin:
        counter = await short_by(robin, "5*MUG")
        unnamed = await robin.press(counter, "Hold when back")
        assert unnamed.status == 422
        assert "Write down for whom it is held when it is back." in unnamed.words
        assert await Backorder.count() == 0
        counter = await robin.press(unnamed, "Hold when back", {"words": "Mrs Okafor"})

    assert "1 line, 2 units" in counter.words  # what is there can be sold now
    (waiting,) = await backorders.waiting()
    assert (waiting.sku, waiting.quantity, waiting.customer) == ("MUG", 3, "Mrs Okafor")


async def test_a_line_of_which_none_is_there_waits_whole():
    await make.product("MUG", on_hand=0)

    async with screen.clerk() as robin:
        counter = await robin.press(
            await short_by(robin, "5*MUG"), "Hold when back", {"words": "Anna"}
        )

    assert "Nothing in this order yet" in counter.words
    (waiting,) = await backorders.waiting()
    assert waiting.quantity == 5


async def test_a_customer_who_leaves_is_a_lost_sale_and_the_line_is_gone():
    mug = await make.product("MUG", on_hand=2, price_cents=350)
    await make.product("CUP", name="Cup", on_hand=2)

    async with screen.clerk() as robin:
        await scan(robin, "CUP")
        counter = await robin.press(await short_by(robin, "5*MUG"), "Customer left")

    assert "1 line, 1 unit" in counter.words
    (lost,) = await LostSale.select()
    assert (lost["product"], lost["quantity"], lost["available"]) == (mug, 5, 2)
    assert (lost["unit_price_cents"], lost["actor"]) == (350, "Robin")
    assert (await stock.level(mug)).on_hand == 2


@pytest.mark.parametrize("button", ["Customer left", "Hold when back"])
async def test_what_was_noted_as_missing_has_a_way_back(button: str):
    mug = await make.product("MUG", on_hand=2)

    async with screen.clerk() as robin:
        counter = await short_by(robin, "5*MUG")
        typed = {"way": "lost" if button == "Customer left" else "await", "words": "Anna"}
        address = f"/counter/lines/{mug}/shortage"
        answer = await robin.fragment(counter, address, typed)
        (way_back,) = re.findall(r'action="(/undo/[a-z-]+/[0-9]+)"', answer.text)
        counter = await robin.get("/counter")
        (form, *_) = counter.forms
        form.action = way_back
        counter = await robin.enter(counter, way_back, {})

    assert "1 line, 5 units" in counter.words
    assert await LostSale.count() + len(await backorders.waiting()) == 0


async def test_a_substitute_is_looked_for_by_the_last_word_of_the_name():
    mug = await make.product("MUG", name="Blue mug", on_hand=0)
    await make.product("MUG-RED", name="Red mug", on_hand=5)

    async with screen.clerk() as robin:
        counter = await scan(robin, "MUG")
        assert f'href="/counter?search=mug&amp;instead_of={mug}"' in counter.html
        counter = await robin.get(f"/counter?search=mug&instead_of={mug}")

    hits = [form for form in counter.forms if form.id == "scan-form"]
    assert [button for form in hits for button, name, _ in form.buttons if name == "product"] == [
        "Red mug MUG-RED 5 available £3.50 Add ↵"
    ]


async def test_a_way_that_there_is_not_changes_nothing():
    mug = await make.product("MUG", on_hand=2)

    async with screen.clerk() as robin:
        counter = await short_by(robin, "5*MUG")
        odd = await robin.enter(counter, f"/counter/lines/{mug}/shortage", {"way": "steal"})

    assert odd.status == 422
    assert "Choose what to do about it." in odd.words
    assert "1 line, 5 units" in odd.words
