"""The way back, as plain forms without scripts. What it does is tested in tests/orders."""

from app.orders import queries
from app.stock import actions
from app.stock import queries as stock
from tests import make, screen
from tests.counter.test_counter_page import scan


async def test_the_last_sale_is_undone_and_lies_on_the_counter_again():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        counter = await robin.press(await scan(robin, "3*MUG"), "Complete sale")
        counter = await robin.press(counter, "Undo")

    assert "Blue mug" in counter.words
    assert "1 line, 3 units" in counter.words
    assert (await queries.order(1)).status == "cancelled"
    assert (await stock.level(mug)).on_hand == 5


async def test_what_is_undone_offers_no_way_back_any_more():
    await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        counter = await robin.press(await scan(robin, "3*MUG"), "Complete sale")
        counter = await robin.press(counter, "Undo")

    assert "Undo" not in counter.words


async def test_a_colleague_s_doing_is_not_undone():
    mug = await make.product("MUG", on_hand=5)
    event = await actions.receive(mug, 3, actor="Tom")

    async with screen.clerk() as robin:
        counter = await robin.press(await scan(robin, "MUG"), "Complete sale")
        (form,) = [form for form in counter.forms if form.action.startswith("/undo/")]
        form.action = f"/undo/{event}"
        refused = await robin.press(counter, "Undo")

    assert refused.status == 409
    assert "Cannot undo: Tom did this." in refused.words
    assert (await stock.level(mug)).on_hand == 7
