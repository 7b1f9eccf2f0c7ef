"""What to buy: proposed with its reason, changed by hand, printed, saved."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from app import clock
from app.alerts import actions, purchase
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from tests import make, screen

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
LIST, SHEET = "/alerts/purchase-list", "/alerts/purchase-list.csv"


async def product(sku: str, name: str, category: str, *, on_hand: int, reorder_point: int) -> int:
    return await stock.add_product(
        sku,
        name,
        category=category,
        price_cents=350,
        on_hand=on_hand,
        reorder_point=reorder_point,
        actor="test",
    )


@pytest.fixture
async def shelves() -> dict[str, int]:
    """Four products that are low, one of which sells."""
    with clock.at(NOW):
        ids = {
            "MUG": await product("MUG", "Blue mug", "Kitchen", on_hand=30, reorder_point=20),
            "BOWL": await product("BOWL", "Apple bowl", "Kitchen", on_hand=0, reorder_point=0),
            "BAG": await product("BAG", "=Red bag", "Bags", on_hand=4, reorder_point=5),
            "DUST": await product("DUST", "Dust", "", on_hand=2, reorder_point=8),
        }
        await orders.place([Wanted("MUG", 24)], actor="Robin")
    return ids


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.usefixtures("shelves")
async def test_it_proposes_enough_for_fourteen_days_above_the_reorder_point_and_says_why():
    with clock.at(NOW):
        async with screen.clerk() as robin:
            page = await robin.get(LIST)

    assert "MUG Blue mug 24 sold in 14 days, 6 available, reorder point 20" in page.words
    assert "DUST Dust None sold in 14 days, 2 available, reorder point 8" in page.words
    fields = dict(next(form for form in page.forms if form.action == SHEET).fields)
    assert sorted(fields.values()) == ["1", "1", "38", "6"]  # 20 + 24 − 6; at least one of each


@pytest.mark.usefixtures("shelves")
async def test_it_is_sorted_by_category_and_name():
    with clock.at(NOW):
        async with screen.clerk() as robin:
            page = await robin.get(LIST)

    names = ["Bags", "=Red bag", "Kitchen", "Apple bowl", "Blue mug", "No category", "Dust"]
    places = [page.words.index(name) for name in names]
    assert places == sorted(places)


async def test_what_is_on_its_way_or_put_off_is_left_out_and_counted(shelves: dict[str, int]):
    with clock.at(NOW):
        await actions.order(shelves["MUG"], 48, date(2026, 11, 24), actor="Anna")
        await actions.snooze(shelves["DUST"], NOW + timedelta(days=7), actor="Anna")
        async with screen.clerk() as robin:
            page = await robin.get(LIST)

    assert "Left out: 1 ordered, 1 snoozed." in page.words
    assert "Blue mug" not in page.words
    assert "Dust" not in page.words


async def test_it_is_saved_with_the_quantities_that_were_typed(shelves: dict[str, int]):
    mug, bowl = f"q{shelves['MUG']}", f"q{shelves['BOWL']}"

    with clock.at(NOW):
        async with screen.clerk() as robin:
            await robin.get(LIST)
            answer = await robin.client.get(SHEET, params={mug: "1 000", bowl: "0"})
            proposed = await robin.client.get(SHEET)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="purchase-list-2026-11-20.csv"'
    )
    assert cells(answer.text) == [
        ["category", "sku", "name", "quantity", "reason"],
        ["Kitchen", "MUG", "Blue mug", "1000", "24 sold in 14 days, 6 available, reorder point 20"],
    ]
    assert [row[3] for row in cells(proposed.text)[1:]] == ["1", "1", "38", "6"]
    assert cells(proposed.text)[1][2] == "'=Red bag"  # no formula for a spreadsheet


async def test_a_mistake_is_said_at_its_field_and_the_rest_stays_as_typed(
    shelves: dict[str, int],
):
    mug, bag = f"q{shelves['MUG']}", f"q{shelves['BAG']}"

    with clock.at(NOW):
        async with screen.clerk() as robin:
            page = await robin.get(LIST)
            wrong = await robin.enter(page, SHEET, {mug: "many", bag: "12"})

    assert wrong.status == 422
    assert "The quantity has to be a whole number." in wrong.words
    assert wrong.typed(SHEET, mug) == "many"
    assert wrong.typed(SHEET, bag) == "12"


@pytest.mark.usefixtures("shelves")
async def test_a_long_list_begins_with_the_most_urgent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(purchase, "MOST", 1)

    with clock.at(NOW):
        async with screen.clerk() as robin:
            page = await robin.get(LIST)

    assert "These are the most urgent; more are low." in page.words
    assert "Blue mug" in page.words
    assert "Apple bowl" not in page.words


async def test_with_nothing_low_there_is_nothing_to_buy():
    mug = await make.product("MUG", on_hand=9, reorder_point=9)

    async with screen.clerk() as robin:
        await actions.order(mug, 5, clock.now().date(), actor="Anna")
        ordered = await robin.get(LIST)
        await stock.receive(mug, 5, actor="Anna")
        received = await robin.get(LIST)

    assert "Nothing to buy All that is low is ordered or snoozed." in ordered.words
    assert "Nothing to buy Every product is above its reorder point." in received.words
