"""Low stock at full size, used without scripts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import clock
from app.accounts.tables import Role
from app.alerts import actions
from app.alerts.care import OnItsWay, cares
from app.alerts.tables import AlertCare
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as shelves
from app.stock import queries as stock
from tests import make, screen
from tests.screen import Page

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # a Friday
ORDER, POINT = "/alerts/MUG/order", "/alerts/MUG/reorder-point"


@pytest.fixture
async def mug() -> int:
    """A product that is low: 2 of them, 4 sold in an hour."""
    with clock.at(NOW):
        mug = await make.product("MUG", name="Blue mug", on_hand=6, reorder_point=5)
        await orders.place([Wanted("MUG", 4)], actor="Robin")
    return mug


def rows(page: Page) -> str:
    return page.words[page.words.index("Taken care of") :]


@pytest.mark.usefixtures("mug")
async def test_the_page_says_how_long_it_lasts_and_who_takes_care_of_it():
    await make.product("CUP", name="Tea cup", on_hand=9, reorder_point=5)

    with clock.at(NOW):
        async with screen.clerk() as robin:
            page = await robin.get("/alerts")

    assert "0.5 hours Blue mug MUG 2 low" in rows(page)
    assert "5 Nobody yet Claim Order Snooze" in rows(page)
    assert "Tea cup" not in page.words
    assert "All 1 Mine 0 Claimed 0 Ordered 0 Snoozed 0" in page.words


async def test_low_stock_leads_to_the_alerts_and_the_list_of_what_is_low_stays():
    await make.product("MUG", name="Blue mug", on_hand=2, reorder_point=5)

    async with screen.clerk() as robin:
        counter = await robin.get("/counter")
        stock_list = await robin.get("/stock?status=low")

    assert 'href="/alerts">Alerts <span class="masthead__count" data-live="low-count">1' in (
        counter.html
    )
    assert "Blue mug" in stock_list.words


@pytest.mark.usefixtures("mug")
async def test_a_claim_is_seen_by_colleagues_and_given_up_by_whoever_has_it():
    with clock.at(NOW):
        async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
            page = await robin.get("/alerts")
            claimed = await robin.press(page, "Claim")
            seen = await kim.get("/alerts")
            mine = await kim.get("/alerts?only=mine")
            released = await robin.press(claimed, "Release")

    assert "Claimed by Robin, 14:30 Release Order Snooze" in rows(claimed)
    assert "Claimed by Robin, 14:30 Order Snooze" in rows(seen)
    assert "All 1 Mine 0 Claimed 1" in seen.words
    assert "You have claimed nothing" in mine.words
    assert "Nobody yet Claim" in rows(released)


async def test_who_comes_second_is_told_and_nothing_is_changed(mug: int):
    with clock.at(NOW):
        async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
            older = await kim.get("/alerts")
            await robin.press(await robin.get("/alerts"), "Claim")
            refused = await kim.press(older, "Claim")

    assert refused.status == 409
    assert "Robin claimed it at 14:30." in refused.words
    claim = (await cares())[mug].claim
    assert claim
    assert claim.by == "Robin"


async def test_a_claim_from_the_panel_leads_back_to_the_counter():
    await make.product("MUG", name="Blue mug", on_hand=2, reorder_point=5)

    async with screen.clerk("Robin") as robin:
        counter = await robin.press(await robin.get("/counter"), "Claim Blue mug")
        token = counter.typed("/alerts/MUG/release", "csrf_token")
        elsewhere = {"csrf_token": token, "to": "//evil.example"}
        answer = await robin.client.post(
            "/alerts/MUG/release", data=elsewhere, follow_redirects=False
        )

    assert counter.url == "/counter"
    assert "Robin: claimed" in counter.words
    assert answer.headers["location"] == "/alerts"


@pytest.mark.usefixtures("mug")
async def test_only_a_manager_ends_the_claim_of_a_colleague():
    async with screen.clerk("Robin") as robin, screen.clerk("Mia", Role.MANAGER) as mia:
        await robin.press(await robin.get("/alerts"), "Claim")
        released = await mia.press(await mia.get("/alerts"), "Release")

    assert "Nobody yet" in rows(released)


async def test_what_is_ordered_says_how_many_and_when_they_are_due(mug: int):
    with clock.at(NOW):
        async with screen.clerk("Anna") as anna:
            form = await anna.get(ORDER)
            page = await anna.press(form, "Save", {"due_on": "2026-11-24"})
            counter = await anna.get("/counter")
            again = await anna.press(form, "Save", {"due_on": "2026-11-24"})
            taken_back = await anna.press(page, "Take back")

    assert "4 sold in 14 days, 2 available, reorder point 5" in form.words
    assert form.typed(ORDER, "quantity") == "7"  # 5 + 4 − 2
    assert "7 ordered by Anna, due Tue Take back Snooze" in rows(page)
    assert "Anna: due Tue" in counter.words
    assert again.status == 200  # the same form is the same order
    assert "Nobody yet Claim Order" in rows(taken_back)
    assert await cares() != {}
    assert (await cares())[mug].on_its_way is None


async def test_an_order_sent_again_when_its_day_is_over_is_answered_as_it_was(mug: int):
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    due = {"due_on": "2026-11-20"}

    async with screen.clerk("Anna") as anna:
        with clock.at(midnight - timedelta(minutes=1)):
            form = await anna.get(ORDER)
            await anna.press(form, "Save", due)
        with clock.at(midnight + timedelta(minutes=1)):
            again = await anna.press(form, "Save", due)
            late = await anna.press(form, "Save", {**due, "quantity": "9"})

    assert (again.status, late.status) == (200, 422)
    ordered = (await cares())[mug].on_its_way
    assert ordered
    assert ordered.units == 7


async def test_a_mistake_in_an_order_is_said_at_its_field_and_nothing_is_ordered(mug: int):
    typed = {"quantity": "0", "due_on": "soon"}

    with clock.at(NOW):
        async with screen.clerk() as robin:
            wrong = await robin.press(await robin.get(ORDER), "Save", typed)
            late = await robin.press(wrong, "Save", {"quantity": "5", "due_on": "2026-11-19"})
            far = await robin.press(wrong, "Save", {"quantity": "5", "due_on": "2027-11-30"})
            empty = await robin.press(wrong, "Save", {"quantity": "5", "due_on": ""})

    assert wrong.status == 422
    assert "The quantity has to be 1 or more." in wrong.words
    assert "Write the day like 2026-11-20." in wrong.words
    assert [wrong.typed(ORDER, name) for name in typed] == list(typed.values())
    assert "This day is over." in late.words
    assert "This day is more than a year away." in far.words
    assert "The day is missing." in empty.words
    assert await AlertCare.count() == 0


async def test_an_order_that_a_colleague_was_quicker_with_is_refused_as_it_was_typed(mug: int):
    with clock.at(NOW):
        async with screen.clerk("Robin") as robin:
            form = await robin.get(ORDER)
            await actions.order(mug, 48, date(2026, 11, 24), actor="Anna")
            refused = await robin.press(form, "Save", {"quantity": "30", "due_on": "2026-11-25"})

        assert refused.status == 409
        assert "Anna ordered 48 at 14:30, due Tue." in refused.words
        assert refused.typed(ORDER, "quantity") == "30"
        assert (await cares())[mug].on_its_way == OnItsWay(48, "Anna", NOW, date(2026, 11, 24))


async def test_a_late_delivery_is_said_to_be_late(mug: int):
    with clock.at(NOW):
        await actions.order(mug, 48, date(2026, 11, 23), actor="Anna")

    with clock.at(NOW + timedelta(days=4)):
        async with screen.clerk() as robin:
            page = await robin.get("/alerts?only=ordered")

    assert "48 ordered by Anna, was due Mon" in rows(page)


@pytest.mark.parametrize(
    ("word", "until"),
    [("For an hour", "15:30"), ("Until tomorrow", "Sat 08:00"), ("For a week", "27 Nov 14:30")],
)
@pytest.mark.usefixtures("mug")
async def test_a_snooze_leaves_the_panel_and_stays_on_the_page(word: str, until: str):
    with clock.at(NOW):
        async with screen.clerk("Robin") as robin:
            page = await robin.press(await robin.get("/alerts/MUG/snooze"), word)
            counter = await robin.get("/counter")
            snoozed = await robin.get("/alerts?only=snoozed")
            woken = await robin.press(page, "Wake")

    assert f"Snoozed by Robin until {until}" in rows(page)
    assert "Low stock 1, 1 snoozed Nothing else is low" in counter.words
    assert "Blue mug" in snoozed.words
    assert "Nobody yet Claim Order Snooze" in rows(woken)


async def test_a_snooze_without_an_end_is_asked_for_one(mug: int):
    async with screen.clerk() as robin:
        form = await robin.get("/alerts/MUG/snooze")
        asked = await robin.press(form, "For an hour", {"until": ""}, within="/alerts/MUG/snooze")
        unknown = await robin.enter(form, "/alerts/MUG/snooze", {"until": "christmas"})

    assert asked.status == 200  # the button says until when
    assert unknown.status == 422
    assert "Choose for how long." in unknown.words
    assert (await cares())[mug].snooze


async def test_the_reorder_point_is_edited_in_its_row(mug: int):
    async with screen.clerk("Robin") as robin:
        form = await robin.get(POINT)
        higher = await robin.press(form, "Save", {"reorder_point": "9"})
        lower = await robin.press(await robin.get(POINT), "Save", {"reorder_point": "1"})
        wrong = await robin.press(form, "Save", {"reorder_point": "many"})

    assert form.typed(POINT, "reorder_point") == "5"
    assert "9 Nobody yet" in rows(higher)
    assert "Nothing is low" in lower.words
    assert wrong.status == 422
    assert "The reorder point has to be a whole number." in wrong.words
    assert wrong.typed(POINT, "reorder_point") == "many"
    assert (await stock.level(mug)).reorder_point == 1


async def test_a_reorder_point_that_a_colleague_has_changed_is_shown_before_it_is_replaced(
    mug: int,
):
    async with screen.clerk("Robin") as robin:
        form = await robin.get(POINT)
        await shelves.set_reorder_point(mug, 12, actor="Anna")
        refused = await robin.press(form, "Save", {"reorder_point": "9"})
        before = (await stock.level(mug)).reorder_point
        saved = await robin.press(refused, "Save")

    assert refused.status == 409
    assert "Meanwhile the reorder point became 12. Nothing was saved" in refused.words
    assert refused.typed(POINT, "reorder_point") == "9"
    assert before == 12
    assert saved.status == 200
    assert (await stock.level(mug)).reorder_point == 9


async def test_a_form_of_an_older_page_changes_no_reorder_point(mug: int):
    async with screen.clerk() as robin:
        token = (await robin.get(POINT)).typed(POINT, "csrf_token")
        answer = await robin.client.post(POINT, data={"csrf_token": token, "reorder_point": "9"})

    assert answer.status_code == 403
    assert (await stock.level(mug)).reorder_point == 5


async def test_a_screen_asks_for_its_rows_anew_and_keeps_their_order():
    cup = await make.product("CUP", name="Tea cup", on_hand=2, reorder_point=5)
    await make.product("MUG", name="Blue mug", on_hand=2, reorder_point=5)
    await actions.claim(cup, actor="Anna")

    async with screen.clerk() as robin:
        same = await robin.client.get("/alerts/rows?low=2&sku=MUG&sku=CUP&sku=NIX")
        await shelves.receive(cup, 20, actor="Anna")
        other = await robin.client.get("/alerts/rows?low=2&sku=MUG&sku=CUP")

    assert same.text.index("Blue mug") < same.text.index("Tea cup")
    assert "Claimed by Anna" in same.text
    assert "low now" not in same.text
    assert "No longer low" in other.text
    assert '1 is low now. <a href="/alerts">Show it</a>' in other.text


async def test_its_pages_lead_on_and_back_to_the_most_urgent():
    for number in range(60):
        await make.product(
            f"MUG-{number:02}", name=f"Mug {number:02}", on_hand=number, reorder_point=99
        )

    async with screen.clerk() as robin:
        first = await robin.get("/alerts")
        address = first.html.split("Next →")[0].rsplit('href="', 1)[1].split('"')[0]
        second = await robin.get(address.replace("&amp;", "&"))

    assert "Mug 49" in first.words
    assert "Mug 50" not in first.words
    assert "Mug 49" not in second.words
    assert "Mug 59" in second.words
    assert 'href="/alerts">← Most urgent' in second.html


@pytest.mark.usefixtures("mug")
async def test_an_address_that_means_nothing_is_one_sentence_or_the_beginning():
    async with screen.clerk() as robin:
        odd = await robin.get("/alerts?only=everything&at=nowhere")
        unknown = await robin.get("/alerts/NIX/order")
        nothing = await robin.client.get("/alerts/MUG/nothing")
        token = (await robin.get(ORDER)).typed(ORDER, "csrf_token")
        press = await robin.client.post("/alerts/MUG/nothing", data={"csrf_token": token})
        back = await robin.get("/alerts/MUG/claim")

    assert (odd.status, "Blue mug" in odd.words) == (200, True)
    assert unknown.status == 404
    assert "There is no product with the SKU NIX." in unknown.words
    assert (nothing.status_code, press.status_code) == (404, 404)
    assert back.url == "/alerts"


async def test_a_shop_in_which_nothing_is_low_says_so():
    async with screen.clerk() as robin:
        page = await robin.get("/alerts")

    assert "Nothing is low Every product is above its reorder point." in page.words
