"""The order on the counter is put aside and comes back, as plain forms without scripts."""

from datetime import UTC, datetime, timedelta

from app import clock
from app.orders import actions as orders
from app.orders import queries
from app.stock import queries as stock
from tests import make, screen
from tests.counter.test_counter_page import scan

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def test_an_order_is_put_aside_with_its_stock_and_the_counter_is_free():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    with clock.at(NOON):
        async with screen.clerk() as robin:
            await scan(robin, "3*MUG")
            counter = await robin.press(await robin.get("/counter"), "Hold", within="/counter/hold")

    level = await stock.level(mug)
    assert (level.on_hand, level.reserved) == (5, 3)
    assert "Nothing in this order yet" in counter.words
    assert "1 Robin 1 line, £10.50 30:00 left Recall" in counter.words


async def test_it_is_put_aside_for_a_customer_until_a_time():
    await make.product("MUG", on_hand=5)

    with clock.at(NOON):
        async with screen.clerk() as robin:
            counter = await scan(robin, "MUG")
            for_her = {"customer": "Mrs Okafor", "until": "today"}
            counter = await robin.press(counter, "Hold", for_her, within="/counter/hold")

    order = await queries.order(1)
    assert (order.customer, order.expires_at) == ("Mrs Okafor", NOON.replace(hour=18))
    assert "Mrs Okafor by Robin" in counter.words


async def test_a_time_that_is_over_keeps_what_was_typed_and_holds_nothing():
    mug = await make.product("MUG", on_hand=5)

    with clock.at(NOON.replace(hour=19)):
        async with screen.clerk() as robin:
            counter = await scan(robin, "MUG")
            for_her = {"customer": "Mrs Okafor", "until": "today"}
            counter = await robin.press(counter, "Hold", for_her, within="/counter/hold")

    assert counter.status == 422
    assert "It is past 18:00. Choose a later time." in counter.words
    assert counter.typed("/counter/hold", "customer") == "Mrs Okafor"
    assert (await stock.level(mug)).reserved == 0


async def test_the_same_form_sent_again_after_closing_time_is_answered_as_it_was():
    mug = await make.product("MUG", on_hand=5)

    async with screen.clerk() as robin:
        with clock.at(NOON.replace(hour=17, minute=59)):
            counter = await scan(robin, "MUG")
            first = await robin.press(counter, "Hold", {"until": "today"}, within="/counter/hold")
        with clock.at(NOON.replace(hour=18, minute=1)):
            again = await robin.press(counter, "Hold", {"until": "today"}, within="/counter/hold")

    assert (first.status, again.status) == (200, 200)
    assert (await stock.level(mug)).reserved == 1


async def test_too_few_are_not_put_aside_and_the_line_says_for_whom_the_others_are():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    with clock.at(NOON):
        await make.reserved(mug, 3, customer="Mrs Okafor")
        async with screen.clerk() as robin:
            counter = await scan(robin, "4*MUG")
            counter = await robin.press(counter, "Hold", within="/counter/hold")

    assert counter.status == 409
    assert "Refused: asked 4, 2 free; 3 for Mrs Okafor until 12:30." in counter.words
    assert (await stock.level(mug)).reserved == 3


async def test_a_hold_is_recalled_by_a_colleague_by_its_number_and_sold():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    order = await make.reserved(mug, 3, customer="Mrs Okafor")

    async with screen.clerk("Tom") as tom:
        counter = await scan(tom, f"#{order}")
        assert f"Order {order} is put aside for Mrs Okafor: its stock is reserved." in counter.words
        assert "5 available" not in counter.words
        assert "2 available leaves 2" in counter.words
        await tom.press(counter, "Complete sale")

    level = await stock.level(mug)
    assert (level.on_hand, level.reserved) == (2, 0)
    assert (await queries.order(order)).actor == "Tom"


async def test_what_is_added_to_a_hold_is_reserved_and_what_is_not_there_is_refused():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    order = await make.reserved(mug, 3)

    async with screen.clerk() as robin:
        await scan(robin, f"#{order}")
        await scan(robin, "MUG")
        assert (await stock.level(mug)).reserved == 4
        refused = await scan(robin, "2*MUG")

    assert refused.status == 409
    assert "Only 1 of MUG available, 2 wanted." in refused.words
    assert "1 line, 4 units" in refused.words
    assert (await stock.level(mug)).reserved == 4


async def test_a_hold_is_not_recalled_over_another_order():
    await make.product("CUP", on_hand=5)
    mug = await make.product("MUG", on_hand=5)
    order = await make.reserved(mug, 3)

    async with screen.clerk() as robin:
        await scan(robin, "CUP")
        counter = await scan(robin, f"#{order}")

    assert counter.status == 409
    assert "Another order lies on your counter. Hold it or complete it first." in counter.words
    assert "CUP" in counter.words


async def test_a_hold_whose_time_is_over_is_not_recalled():
    mug = await make.product("MUG", on_hand=5)
    with clock.at(clock.now() - timedelta(hours=1)):
        order = await make.reserved(mug, 3)

    async with screen.clerk() as robin:
        counter = await scan(robin, f"#{order}")

    assert counter.status == 409
    assert f"Order {order} is expired already, at " in counter.words
    assert "Nothing in this order yet" in counter.words


async def test_a_recalled_hold_is_put_aside_again_and_begins_anew():
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        order = await make.reserved(mug, 3, customer="Mrs Okafor")

    with clock.at(NOON + timedelta(minutes=20)):
        async with screen.clerk() as robin:
            counter = await scan(robin, f"#{order}")
            counter = await robin.press(counter, "Hold", within="/counter/hold")

    held = await queries.order(order)
    assert held.expires_at == NOON + timedelta(minutes=50)
    assert (held.customer, held.recalled_by) == ("Mrs Okafor", None)
    assert (await stock.level(mug)).reserved == 3


async def test_of_many_holds_those_that_end_first_are_offered():
    mug = await make.product("MUG", on_hand=50)
    for n in range(8):
        with clock.at(NOON + timedelta(minutes=n)):
            await make.reserved(mug, 1, customer=f"Customer {n}")

    with clock.at(NOON + timedelta(minutes=10)):
        async with screen.clerk() as robin:
            counter = await robin.get("/counter")

    assert "Customer 0 by test 1 line, £3.50 20:00 left" in counter.words
    assert "Customer 5" in counter.words
    assert "Customer 6" not in counter.words


async def test_a_hold_that_ends_on_the_counter_can_be_laid_out_anew():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    with clock.at(NOON):
        order = await make.reserved(mug, 3)

    async with screen.clerk() as robin:
        with clock.at(NOON + timedelta(minutes=20)):
            counter = await scan(robin, f"#{order}")
        with clock.at(NOON + timedelta(hours=2)):
            refused = await robin.press(counter, "Complete sale")
            counter = await robin.press(refused, "Its lines anew")

    assert refused.status == 409
    assert f"Order {order} is expired already, " in refused.words
    assert "Blue mug" in counter.words
    assert "1 line, 3 units" in counter.words
    assert (await stock.level(mug)).on_hand == 5


async def test_a_hold_that_is_sold_already_is_not_sold_again_by_an_old_screen():
    mug = await make.product("MUG", on_hand=5)
    order = await make.reserved(mug, 3)

    async with screen.clerk() as robin:
        counter = await scan(robin, f"#{order}")
        await orders.hand_over(order, actor="Tom")
        refused = await robin.press(counter, "Complete sale")

    assert refused.status == 409
    assert f"Order {order} is completed already, at " in refused.words
    assert (await stock.level(mug)).on_hand == 2
