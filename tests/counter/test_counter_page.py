"""The counter, used as a plain form without scripts."""

from typing import Any

import pytest

from app.alerts import queries as alerts
from app.orders.tables import Order, OrderStatus
from app.stock import actions as stock_actions
from app.stock import queries as stock
from app.stock.tables import AdjustmentReason
from tests import make, screen


async def scan(robin: screen.Screen, typed: str) -> screen.Page:
    counter = await robin.get("/counter")
    return await robin.enter(counter, "/counter/lines", {"search": typed})


async def test_a_scan_and_a_finish_sell_and_leave_the_form_empty_for_the_next():
    mug = await make.product("MUG-BLUE", name="Blue mug", on_hand=5, price_cents=350)

    async with screen.clerk() as robin:
        counter = await scan(robin, "mug-blue")
        assert "Blue mug MUG-BLUE 5 available leaves 4 £3.50 £3.50" in counter.words
        counter = await robin.press(counter, "Complete sale")

    assert "Nothing in this order yet" in counter.words
    assert "Last sale 1 , " in counter.words
    assert (await stock.level(mug)).on_hand == 4


async def test_a_barcode_finds_its_product():
    await make.product(name="Blue mug", on_hand=5, barcodes=("5012345678900",))

    async with screen.clerk() as robin:
        counter = await scan(robin, "5012345678900")

    assert "Blue mug" in counter.words
    assert "1 line, 1 unit" in counter.words


async def test_five_times_a_code_is_five_of_it_and_star_five_of_the_last():
    await make.product("MUG", name="Blue mug", on_hand=50)

    async with screen.clerk() as robin:
        five = await scan(robin, "5*MUG")
        again = await scan(robin, "MUG")
        replaced = await scan(robin, "*4")

    assert "1 line, 5 units" in five.words
    assert "1 line, 6 units" in again.words
    assert "1 line, 4 units" in replaced.words


async def test_words_show_what_could_be_meant_and_a_hit_can_be_added():
    await make.product("HEART", name="White hanging heart", on_hand=5)
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        found = await scan(robin, "heart holder")
        assert "No product matches “heart holder”" in found.words
        found = await scan(robin, "haert")
        assert "White hanging heart HEART 5 available" in found.words
        assert "Blue mug" not in found.words
        counter = await robin.press(found, "White hanging heart")

    assert "1 line, 1 unit" in counter.words


async def test_what_is_chosen_among_the_hits_is_meant_also_when_a_code_is_typed():
    await make.product("77", name="Plain seventy", on_hand=5)
    await make.product("77-RED", name="Red seventy", on_hand=5)

    async with screen.clerk() as robin:
        found = await robin.get("/counter?search=77")
        counter = await robin.press(found, "Red seventy")

    assert "Red seventy 77-RED 5 available leaves 4" in counter.words
    assert "Plain seventy" not in counter.words


async def test_enter_means_what_is_typed_and_no_hit_of_an_older_search():
    await make.product("77", name="Plain seventy", on_hand=5)
    await make.product("CUP", name="Cup", on_hand=5)

    async with screen.clerk() as robin:
        found = await robin.get("/counter?search=seventy")
        first = next(form for form in found.forms if form.action == "/counter/lines").buttons[0]
        counter = await robin.enter(found, "/counter/lines", {"search": "cup"})

    assert first == ("", "", "")  # the button that a browser presses on Enter
    assert "Cup CUP 5 available leaves 4" in counter.words


async def test_the_product_of_a_typed_code_is_the_first_of_the_hits():
    for sku, name in (("77-A", "Alpha"), ("77", "Zeta"), ("77-B", "Beta")):
        await make.product(sku, name=name, on_hand=5)

    async with screen.clerk() as robin:
        found = await robin.get("/counter?search=77")

    (form,) = [form for form in found.forms if form.action == "/counter/lines"]
    assert [words.split()[0] for words, _, _ in form.buttons if words] == ["Zeta", "Alpha", "Beta"]


@pytest.mark.parametrize("typed", ["0*MUG", "9999999999*MUG"])
async def test_a_number_that_cannot_be_scanned_is_said_at_the_box_and_kept_there(typed: str):
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        counter = await scan(robin, typed)

    assert counter.status == 422
    assert "The quantity has to be" in counter.words or "at most" in counter.words
    assert "No product matches" not in counter.words
    assert counter.typed("/counter/lines", "search") == typed
    assert "Nothing in this order yet" in counter.words


@pytest.mark.parametrize("address", ["/counter/sale", "/counter/lines"])
async def test_the_address_of_a_form_leads_back_to_the_counter(address: str):
    async with screen.clerk() as robin:
        counter = await robin.get(address)

    assert counter.url.endswith("/counter")


async def test_a_page_hears_what_happens_while_it_is_made(monkeypatch: pytest.MonkeyPatch):
    mug = await make.product("MUG", on_hand=1, reorder_point=5)
    before = await stock.last_event()
    honest = alerts.low_stock

    async def and_then_a_delivery_arrives() -> dict[str, Any]:
        found = await honest()
        await stock_actions.receive(mug, 50, actor="kim")
        return found

    async with screen.clerk() as robin:
        monkeypatch.setattr(alerts, "low_stock", and_then_a_delivery_arrives)
        answer = await robin.client.get("/counter")

    assert f'hx-sse:connect="/live?after={before}.0.0"' in answer.text


async def test_an_unknown_code_says_so_and_stays_in_the_box():
    async with screen.clerk() as robin:
        counter = await scan(robin, "5012345678900")

    assert counter.status == 404
    assert "No product matches “5012345678900”" in counter.words
    assert counter.typed("/counter/lines", "search") == "5012345678900"
    assert await Order.count() == 0


async def test_too_few_are_refused_in_their_line_with_a_way_out():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    bowl = await make.product("BOWL", name="Small bowl", on_hand=9)

    async with screen.clerk() as robin:
        await scan(robin, "2*BOWL")
        counter = await scan(robin, "7*MUG")
        assert "Only 5 left now. The order asks for 7." in counter.words
        refused = await robin.press(counter, "Complete sale")
        assert refused.status == 409
        assert "Refused: asked 7, 5 free." in refused.words
        assert "Nothing sold yet: settle 1 line." in refused.words
        assert (await stock.level(mug)).on_hand == 5
        assert (await stock.level(bowl)).on_hand == 9
        counter = await robin.press(refused, "Take 5")
        sold = await robin.press(counter, "Complete sale")

    assert sold.status == 200
    assert (await stock.level(mug)).on_hand == 0
    assert (await stock.level(bowl)).on_hand == 7


async def test_a_quantity_that_is_none_keeps_what_was_typed():
    mug = await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        counter = await scan(robin, "MUG")
        counter = await robin.press(
            counter, "", {"quantity": "two"}, within=f"/counter/lines/{mug}"
        )

    assert counter.status == 422
    assert "The quantity has to be a whole number." in counter.words
    assert 'value="two"' in counter.html
    assert "1 line, 1 unit" in counter.words


async def test_one_more_one_less_and_out():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    line = f"/counter/lines/{mug}"

    async with screen.clerk() as robin:
        counter = await scan(robin, "MUG")
        counter = await robin.press(counter, "One more", within=line)
        assert "1 line, 2 units" in counter.words
        counter = await robin.press(counter, "One less", within=line)
        assert "1 line, 1 unit" in counter.words
        counter = await robin.press(counter, "Remove", within=line)

    assert "Nothing in this order yet" in counter.words


async def test_the_same_form_sent_twice_sells_once():
    mug = await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        counter = await scan(robin, "MUG")
        first = await robin.press(counter, "Complete sale")
        again = await robin.press(counter, "Complete sale")

    assert first.status == again.status == 200
    assert (await stock.level(mug)).on_hand == 4
    assert await Order.count().where(Order.status == OrderStatus.COMPLETED) == 1


async def test_the_same_scan_sent_twice_is_one_unit():
    await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        counter = await robin.get("/counter")
        await robin.enter(counter, "/counter/lines", {"search": "MUG"})
        again = await robin.enter(counter, "/counter/lines", {"search": "MUG"})

    assert "1 line, 1 unit" in again.words


async def test_a_screen_that_shows_an_older_cart_cannot_sell_it():
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)

    async with screen.clerk() as robin:
        older = await scan(robin, "MUG")
        await scan(robin, "BOWL")
        refused = await robin.press(older, "Complete sale")

    assert refused.status == 409
    assert "The order was changed on another screen. Look at it once more." in refused.words
    assert "2 lines, 2 units" in refused.words
    assert (await stock.level(mug)).on_hand == 5


async def test_the_cart_waits_for_its_clerk_at_any_screen():
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk("Robin") as robin:
        await scan(robin, "MUG")
        async with screen.anybody() as other:
            other.client.cookies = robin.client.cookies
            elsewhere = await other.get("/counter")
        async with screen.clerk("Kim") as kim:
            own = await kim.get("/counter")

    assert "Blue mug" in elsewhere.words
    assert "Nothing in this order yet" in own.words


async def test_what_a_colleague_takes_is_warned_of_before_finishing():
    mug = await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        await scan(robin, "4*MUG")
        await stock_actions.adjust(mug, -3, reason=AdjustmentReason.DAMAGED, actor="kim")
        counter = await robin.get("/counter")

    assert "Only 2 left now. The order asks for 4." in counter.words


async def test_low_stock_stands_beside_the_order():
    await make.product("MUG", name="Blue mug", on_hand=3, reorder_point=5)
    await make.product("BOWL", name="Small bowl", on_hand=0, reorder_point=5)
    await make.product("CUP", name="Tea cup", on_hand=9, reorder_point=5)

    async with screen.clerk() as robin:
        counter = await robin.get("/counter")

    low = counter.words[counter.words.index("Low stock") :]
    assert low.startswith("Low stock 2, by hours until empty – none sold Small bowl 0 out")
    assert "– none sold Blue mug 3 low Reorder point 5 Claim" in low
    assert "Tea cup" not in low
