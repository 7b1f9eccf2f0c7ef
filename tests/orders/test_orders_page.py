"""The list of orders, used without scripts."""

import csv
import io
from datetime import UTC, datetime, timedelta

from app import clock
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back, Wanted
from app.orders.tables import Backorder, Condition
from app.stock import queries as stock
from tests import make, screen

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


async def a_day() -> None:
    """One order of each kind, and one of the day before."""
    await make.product("MUG", name="Blue mug", on_hand=100, price_cents=350)
    await make.product("BOWL", name="Apple bowl", on_hand=100, price_cents=1250)
    mug, bowl = Wanted("MUG", 2), Wanted("BOWL", 1)
    with clock.at(NOON - timedelta(days=1)):
        await orders.place([mug], actor="Kim")
        await orders.place(
            [mug, bowl], customer="Mrs Okafor", expires_in=timedelta(hours=30), actor="Kim"
        )
        await orders.place([mug], expires_in=timedelta(hours=20), actor="Kim")
    with clock.at(NOON - timedelta(minutes=20)):
        await orders.place([bowl], expires_in=timedelta(minutes=24), actor="Robin")
        sold = await orders.place([mug, bowl], reference="WEB-7", actor="Tom")
        await orders.take_back(sold.id, [Back(1, 1, Condition.DAMAGED)], actor="Tom")
        wrong = await orders.place([bowl], actor="Tom")
        await orders.cancel(wrong.id, actor="Tom", note="customer left")
        await orders.expire_due()


async def test_today_shows_what_is_held_then_what_ended_today_and_its_sum():
    await a_day()

    with clock.at(NOON):
        async with screen.clerk() as robin:
            page = await robin.get("/orders")

    lines = [
        "4 11:40 Hold 4 Robin 1 1 £12.50 4:00 left",
        "2 Thu 12:00 Hold 2 Kim for Mrs Okafor 2 3 £19.50 until 18:00",
        "6 11:40 Cancelled 6 Tom customer left, 1 unit put back 1 1 £12.50",
        "5 11:40 Completed 5 Tom reference WEB-7, 1 unit came back 2 3 £19.50",
        "3 11:40 Expired 3 Kim time ran out, 2 units released 1 2 £7.00",
        "Sold today, 1 order less £3.50 that came back 2 £16.00",
    ]
    places = [page.words.index(line) for line in lines]
    assert places == sorted(places)
    assert "Thu 12:00 Completed" not in page.words
    assert "Today 5 Holds 2 Completed 2 Cancelled 1 Expired 1 Waiting 0 All" in page.words


async def test_the_list_is_cut_to_one_kind():
    await a_day()

    with clock.at(NOON):
        async with screen.clerk() as robin:
            completed = await robin.get("/orders?show=completed")
            nonsense = await robin.get("/orders?show=blue&at=nowhere")

    assert "5 11:40 Completed" in completed.words
    assert "1 Thu 12:00 Completed" in completed.words
    assert "Hold 4" not in completed.words
    assert "Sold today" not in completed.words
    assert "Sold today, 1 order" in nonsense.words


async def test_a_search_finds_and_says_when_it_finds_nothing():
    await a_day()

    with clock.at(NOON):
        async with screen.clerk() as robin:
            page = await robin.get("/orders?show=completed")
            found = await robin.enter(page, "/orders", {"search": "okafor"})
            nothing = await robin.enter(page, "/orders", {"search": "teapot"})

    assert "Kim for Mrs Okafor" in found.words
    assert "Robin 1 1" not in found.words
    assert "No order matches “teapot”" in nothing.words


async def test_the_pages_of_the_list_lead_to_each_other():
    await make.product("MUG", on_hand=100)
    for _ in range(60):
        await orders.place([Wanted("MUG", 1)], actor="Kim")

    async with screen.clerk() as robin:
        first = await robin.get("/orders")
        next_page = first.html.split("Next →")[0].rsplit('href="', 1)[1].split('"')[0]
        second = await robin.get(next_page.replace("&amp;", "&"))

    assert "Orders 60 to 11" in first.words
    assert "Orders 10 to 1" in second.words
    assert "Sold today, 60 orders 60" in second.words


async def test_whoever_waits_is_listed_until_nobody_wants_it_any_more():
    mug = await make.product("MUG", name="Blue mug", on_hand=1)

    async with screen.clerk() as robin:
        await orders.await_stock(mug, 4, customer="Mrs Howard", clerk=1, actor="Robin")
        page = await robin.get("/orders?show=waiting")
        after = await robin.press(page, "Stop waiting for Blue mug")
        (again,) = [form for form in page.forms if "waiting" in form.action]
        twice = await robin.client.post(again.action, data={**dict(again.fields), "key": "other"})

    assert "Blue mug MUG 4 Mrs Howard noted by Robin" in page.words
    assert "Nobody waits for anything" in after.words
    assert twice.status_code == 404
    assert "Nobody waits for this any more." in twice.text
    assert (await stock.level(mug)).reserved == 0
    assert await Backorder.count() == 1


async def test_the_list_is_saved_as_a_spreadsheet_whole():
    await make.product("MUG", on_hand=1_000, price_cents=350)
    with clock.at(NOON):
        for n in range(210):
            await orders.place([Wanted("MUG", 1)], reference=f"={n}", actor="Kim")
        async with screen.clerk() as robin:
            page = await robin.get("/orders")
            answer = await robin.client.get("/orders/export")
            found = await robin.client.get("/orders/export?search=%3D209")

    assert "/orders/export" in page.html
    assert 'filename="orders-2026-11-20.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["order"] for row in rows] == [str(number) for number in range(210, 0, -1)]
    assert rows[0]["reference"] == "'=209"
    assert rows[0]["completed"] == "2026-11-20 12:00:00"
    assert rows[0]["total"] == "3.50"
    assert len(found.text.splitlines()) == 2


async def test_a_hold_on_somebodys_counter_says_whose():
    mug = await make.product("MUG", on_hand=5)
    held = await make.reserved(mug, 2, customer="Anna")

    async with screen.clerk("Robin") as robin:
        await orders.recall(held, clerk=1, at_least=timedelta(minutes=1))
        page = await robin.get("/orders?show=holds")

    assert "test for Anna, on the counter of Robin" in page.words
    assert (await queries.order(held)).recalled_by == 1
