"""One order and the steps of its life, used without scripts."""

from datetime import timedelta

import pytest

from app import clock
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Wanted
from app.orders.queries import Placed
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make, screen
from tests.screen import Screen


async def mugs_and_bowls() -> None:
    await make.product("MUG", name="Blue mug", on_hand=9, price_cents=350)
    await make.product("BOWL", name="Apple bowl", on_hand=9, price_cents=1250)


async def held(*, minutes: int = 30) -> Placed:
    """Four mugs and a bowl, put aside by Kim."""
    await mugs_and_bowls()
    return await orders.place(
        [Wanted("MUG", 4), Wanted("BOWL", 1)],
        customer="Mrs Okafor",
        expires_in=timedelta(minutes=minutes),
        actor="Kim",
    )


async def sold() -> Placed:
    """Four mugs and a bowl, sold by Kim."""
    await mugs_and_bowls()
    return await orders.place([Wanted("MUG", 4), Wanted("BOWL", 1)], actor="Kim")


async def levels(sku: str) -> tuple[int, int]:
    level = await stock.level_by_sku(sku)
    return level.on_hand, level.reserved


async def test_an_order_shows_its_lines_its_times_and_what_happened():
    order = await held()

    async with screen.clerk() as robin:
        page = await robin.get(f"/orders/{order.id}")

    assert page.headings == [f"Order {order.number}"]
    assert "Blue mug MUG 4 £3.50 – £14.00" in page.words
    assert "2 lines, 5 units £26.50" in page.words
    assert "For Mrs Okafor" in page.words
    assert "Held 4 for order 1" in page.words
    assert "Hand over Recall to the counter Extend Release some Cancel" in page.words


async def test_there_is_no_page_for_an_order_that_is_not_there():
    async with screen.clerk() as robin:
        missing = await robin.client.get("/orders/77")
        nonsense = await robin.client.get("/orders/seven")

    assert missing.status_code == nonsense.status_code == 404
    assert "There is no order 77." in missing.text


async def test_a_hold_is_handed_over():
    order = await held()

    async with screen.clerk("Robin") as robin:
        page = await robin.press(await robin.get(f"/orders/{order.id}"), "Hand over")

    assert page.url == f"/orders/{order.id}"
    assert "Completed" in page.words
    assert "Handed over in order 1" in page.words
    assert await levels("MUG") == (5, 0)
    assert (await queries.order(order.id)).actor == "Robin"


@pytest.mark.parametrize("button", ["Hand over", "Recall", "Extend", "Cancel"])
async def test_in_the_list_a_step_that_comes_too_late_says_so_and_changes_nothing(button: str):
    order = await held()

    async with screen.clerk() as robin:
        page = await robin.get("/orders")
        await orders.hand_over(order.id, actor="Kim")
        events = await StockEvent.count()
        late = await robin.press(page, button, within=f"/orders/{order.id}")

    assert late.status == 409
    assert "Order 1 is completed already, at " in late.words
    assert await levels("MUG") == (5, 0)
    assert await StockEvent.count() == events


@pytest.mark.parametrize(
    ("step", "button"),
    [("", "Hand over"), ("", "Recall"), ("extension", "Extend"), ("cancellation", "Cancel")],
)
async def test_a_hold_whose_time_is_over_takes_no_step_even_if_the_sweeper_sleeps(
    step: str, button: str
):
    order = await held()
    address = f"/orders/{order.id}/{step}/new" if step else f"/orders/{order.id}"

    async with screen.clerk() as robin:
        page = await robin.get(address)
        with clock.at(clock.now() + timedelta(minutes=30)):
            late = await robin.press(page, button, within=f"/orders/{order.id}")

    assert late.status == 409
    assert "Order 1 is expired already, at " in late.words
    assert "Sell again" in late.words
    assert await levels("MUG") == (9, 4)
    assert (await queries.order(order.id)).status == "open"


async def test_a_hold_is_recalled_to_the_counter():
    order = await held()

    async with screen.clerk() as robin:
        page = await robin.press(await robin.get(f"/orders/{order.id}"), "Recall")

    assert page.url == "/counter"
    assert "Order 1 is put aside for Mrs Okafor" in page.words


async def test_a_hold_is_not_recalled_over_what_lies_on_the_counter():
    order = await held()

    async with screen.clerk() as robin:
        await orders.scan(1, clerk=1, actor="Robin")
        page = await robin.press(await robin.get("/orders"), "Recall")

    assert page.status == 409
    assert "Another order lies on your counter. Hold it or complete it first." in page.words
    assert (await queries.order(order.id)).recalled_by is None


@pytest.mark.parametrize(
    ("typed", "lasts"),
    [
        ({}, timedelta(minutes=70)),  # 30 minutes more than the 40 that it lasts
        ({"until": "120"}, timedelta(hours=2)),
        ({"until": "4320"}, timedelta(days=3)),
        ({"minutes": "5"}, timedelta(minutes=5)),
    ],
)
async def test_a_hold_is_extended(typed: dict[str, str], lasts: timedelta):
    order = await held(minutes=40)
    now = order.created_at

    with clock.at(now):
        async with screen.clerk() as robin:
            form = await robin.get(f"/orders/{order.id}/extension/new")
            page = await robin.press(form, "Extend", typed)
        after = await queries.order(order.id)

    assert page.url == f"/orders/{order.id}"
    assert after.expires_at == now + lasts


async def test_in_the_list_a_hold_is_extended_behind_its_end():
    order = await held(minutes=40)

    with clock.at(order.created_at):
        async with screen.clerk() as robin:
            await robin.press(await robin.get("/orders"), "Extend")
        after = await queries.order(order.id)

    assert after.expires_at == order.created_at + timedelta(minutes=70)


async def test_an_end_that_a_colleague_put_off_meanwhile_is_not_brought_nearer():
    order = await held(minutes=40)

    with clock.at(order.created_at):
        async with screen.clerk() as robin:
            form = await robin.get(f"/orders/{order.id}/extension/new")
            await orders.extend(order.id, timedelta(days=1))
            page = await robin.press(form, "Extend", {"until": "120"})
            after = await queries.order(order.id)
            again = await robin.press(page, "Extend", {"minutes": "5"})

    assert page.status == 409
    assert "Order 1 is held until " in page.words
    assert after.expires_at == order.created_at + timedelta(days=1)
    assert again.status == 200
    assert (await queries.order(order.id)).expires_at == order.created_at + timedelta(minutes=5)


@pytest.mark.parametrize("minutes", [40, 43_150])  # so that no more than once fits into 30 days
async def test_the_same_extension_sent_again_later_is_answered_as_it_was(minutes: int):
    order = await held(minutes=minutes)

    with clock.at(order.created_at):
        async with screen.clerk() as robin:
            page = await robin.get("/orders")
            first = await robin.press(page, "Extend")
            after = await queries.order(order.id)
            again = await robin.press(page, "Extend")

    assert first.status == again.status == 200
    assert first.words == again.words
    assert await queries.order(order.id) == after


@pytest.mark.parametrize("ends", ["", "soon", "9999-12-31T23:59:59-23:00"])
async def test_a_hold_without_the_end_that_was_seen_is_not_extended(ends: str):
    order = await held(minutes=40)

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/extension/new")
        page = await robin.press(form, "Extend", {"ends": ends})

    assert page.status == 422
    assert (await queries.order(order.id)).expires_at == order.expires_at


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"minutes": "a while"}, "The number of minutes has to be a whole number."),
        ({"minutes": "0"}, "The number of minutes has to be 1 or more."),
        ({"minutes": "43201"}, "The number of minutes can be 43 200 at most."),
        ({"until": "more"}, "A hold can last 30 days at most."),
    ],
)
async def test_an_end_that_cannot_be_is_said_at_its_field(typed: dict[str, str], says: str):
    order = await held(minutes=43_190)

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/extension/new")
        page = await robin.press(form, "Extend", typed)

    assert page.status == 422
    assert says in page.words
    assert page.typed(f"/orders/{order.id}/extension", "minutes") == typed.get("minutes", "")
    assert (await queries.order(order.id)).expires_at == order.expires_at


async def test_some_of_a_hold_is_released():
    order = await held()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/release/new")
        page = await robin.press(form, "Release Blue mug", {"quantity": "3"})

    assert "Blue mug MUG 1 £3.50" in page.words
    assert "2 lines, 2 units £16.00" in page.words
    assert await levels("MUG") == (9, 1)


async def test_more_than_is_put_aside_is_not_released():
    order = await held()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/release/new")
        more = await robin.press(form, "Release Blue mug", {"quantity": "5"})
        none = await robin.press(form, "Release Blue mug", {"quantity": ""})

    assert more.status == 409
    assert "Order 1 has fewer reserved than that." in more.words
    assert 'value="5"' in more.html
    assert none.status == 422
    assert "The quantity is missing." in none.words
    assert await levels("MUG") == (9, 4)


async def test_a_hold_is_cancelled_and_says_why():
    order = await held()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/cancellation/new")
        page = await robin.press(form, "Cancel the order", {"note": "customer left"})

    assert "Cancelled" in page.words
    assert "customer left, 5 units released" in page.words
    assert await levels("MUG") == (9, 0)


async def test_a_sale_is_cancelled_and_only_what_has_not_come_back_is_put_back():
    order = await sold()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/returns/new")
        await robin.press(form, "Take back", {"gone-1": "1"})
        form = await robin.get(f"/orders/{order.id}/cancellation/new")
        page = await robin.press(form, "Cancel the order")

    assert "Cancelled" in page.words
    assert await levels("MUG") == (8, 0)
    assert await levels("BOWL") == (9, 0)


async def test_what_comes_back_is_taken_back_by_its_condition():
    order = await sold()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/returns/new")
        page = await robin.press(
            form, "Take back", {"shelf-1": "1", "damaged-1": "1", "gone-1": "1", "shelf-2": "1"}
        )

    assert "Blue mug MUG 4 £3.50 3 came back £14.00" in page.words
    assert ": 1 damaged" in page.words
    assert await levels("MUG") == (6, 0)
    assert await levels("BOWL") == (9, 0)


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ({"shelf-1": "3", "damaged-1": "2"}, 409, "More would come back than order 1 sold."),
        ({"shelf-1": "some"}, 422, "The quantity has to be a whole number."),
        ({"shelf-1": "-1"}, 422, "The quantity has to be 0 or more."),
        ({}, 422, "Say how many come back."),
    ],
)
async def test_a_return_that_cannot_be_changes_nothing_and_keeps_what_was_typed(
    typed: dict[str, str], status: int, says: str
):
    order = await sold()
    events = await StockEvent.count()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/returns/new")
        page = await robin.press(form, "Take back", typed)

    assert page.status == status
    assert says in page.words
    assert page.typed(f"/orders/{order.id}/returns", "shelf-1") == typed.get("shelf-1", "")
    assert await StockEvent.count() == events


async def test_a_return_says_the_money_to_give_back():
    await make.product("MUG", on_hand=9)
    order = await orders.place([Wanted("MUG", 2, 350), Wanted("MUG", 3, 300)], actor="Kim")
    address = f"/orders/{order.id}/returns"

    async with screen.clerk() as robin:
        form = await robin.get(f"{address}/new")
        answer = await robin.fragment(form, address, {"shelf-1": "2", "damaged-1": "1"})

    assert "3 units taken back from order 1: give back £10.00." in answer.text


async def test_a_product_at_two_prices_comes_back_as_one():
    await make.product("MUG", name="Blue mug", on_hand=9)
    order = await orders.place([Wanted("MUG", 2, 300), Wanted("MUG", 3, 350)], actor="Kim")

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/returns/new")
        await robin.press(form, "Take back", {"shelf-1": "4"})

    assert "5 sold" in form.words
    assert await levels("MUG") == (8, 0)


async def test_an_order_that_was_cancelled_is_sold_again():
    order = await held()
    await orders.cancel(order.id, actor="Kim")

    async with screen.clerk() as robin:
        page = await robin.press(await robin.get(f"/orders/{order.id}"), "Sell again")

    assert page.url == "/counter"
    assert "2 lines, 5 units" in page.words


async def test_an_order_is_not_sold_again_over_what_lies_on_the_counter():
    order = await held()
    await orders.cancel(order.id, actor="Kim")

    async with screen.clerk() as robin:
        await orders.scan(1, clerk=1, actor="Robin")
        page = await robin.press(await robin.get(f"/orders/{order.id}"), "Sell again")
        cart = await queries.cart(1)

    assert page.status == 409
    assert "Another order lies on your counter." in page.words
    assert cart is not None
    assert cart.units == 1


@pytest.mark.parametrize("step", ["extension", "release", "returns"])
async def test_a_form_for_a_step_that_an_order_cannot_take_is_left_out(step: str):
    order = await held()
    await orders.cancel(order.id, actor="Kim")

    async with screen.clerk() as robin:
        page = await robin.get(f"/orders/{order.id}/{step}/new")

    assert page.status == 200
    assert [form.action for form in page.forms] == [f"/orders/{order.id}/repetition"]


async def test_whoever_comes_back_by_address_to_where_a_form_was_sent_sees_the_order():
    order = await held()

    async with screen.clerk() as robin:
        page = await robin.get(f"/orders/{order.id}/completion")

    assert page.url == f"/orders/{order.id}"


async def fragment(robin: Screen, address: str, **typed: str) -> str:
    """What htmx is answered that sends a form of the list."""
    (form,) = [form for form in (await robin.get("/orders")).forms if "completion" in form.action]
    answer = await robin.client.post(
        address, data={**dict(form.fields), **typed}, headers={"HX-Request-Type": "partial"}
    )
    return answer.text


async def test_in_the_list_a_step_answers_its_row_a_sentence_and_the_way_back():
    order = await held()

    async with screen.clerk() as robin:
        row = await fragment(robin, f"/orders/{order.id}/completion")

    assert f'<tr id="order-{order.id}"' in row
    assert "Completed" in row
    assert "Order 1 handed over, £26.50." in row
    assert 'action="/undo/' in row


async def test_the_same_press_twice_is_answered_twice_and_acts_once():
    order = await held()

    async with screen.clerk() as robin:
        page = await robin.get(f"/orders/{order.id}")
        first = await robin.press(page, "Hand over")
        second = await robin.press(page, "Hand over")

    assert first.words == second.words
    assert await levels("MUG") == (5, 0)


async def test_a_hold_that_became_a_sale_meanwhile_is_not_cancelled_as_a_hold():
    order = await held()

    async with screen.clerk() as robin:
        form = await robin.get(f"/orders/{order.id}/cancellation/new")
        await orders.hand_over(order.id, actor="Kim")
        page = await robin.press(form, "Cancel the order", {"note": "customer left"})

    assert page.status == 409
    assert "Order 1 is completed already, at " in page.words
    assert await levels("MUG") == (5, 0)
