"""Why a product stands at its number, and how fast it sells."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions, history, queries
from app.stock.history import Step
from app.stock.tables import AdjustmentReason
from tests import make, screen


async def test_the_pace_counts_every_sale_of_the_fortnight_also_those_the_curve_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(history, "MOST_STEPS", 5)
    mug = await make.product("MUG", on_hand=100)
    with clock.at(clock.now() - timedelta(days=15)):
        await orders.place([Wanted("MUG", 30)], actor="Robin")
    for _ in range(14):
        await orders.place([Wanted("MUG", 3)], actor="Robin")
    await actions.adjust(mug, -7, reason=AdjustmentReason.LOST, actor="Robin")

    curve = await history.curve(await queries.level(mug))

    assert curve.sold_a_day == 3.0
    assert curve.days_left == 7  # of 21 on hand
    assert curve.line.count("H") == 6  # five steps, and the way to its end


async def test_the_curve_begins_when_the_product_did():
    now = clock.now()
    with clock.at(now - timedelta(days=7)):
        await make.product("MUG", on_hand=10)
    with clock.at(now):
        curve = await history.curve(await queries.level_by_sku("MUG"))

    assert curve.line.startswith("M500.0 ")
    assert curve.area.endswith("H500.0Z")
    assert (curve.lowest, curve.highest) == (10, 10)


async def test_the_curve_of_an_older_product_begins_with_what_it_had():
    now = clock.now()
    with clock.at(now - timedelta(days=20)):
        mug = await make.product("MUG", on_hand=10)
    with clock.at(now - timedelta(days=7)):
        await actions.receive(mug, 5, actor="Robin")
    with clock.at(now):
        curve = await history.curve(await queries.level(mug))

    assert curve.line.startswith("M0.0 ")
    assert "H500.0" in curve.line
    assert (curve.lowest, curve.highest) == (10, 15)


async def test_what_was_never_sold_lasts():
    mug = await make.product("MUG", on_hand=100)

    curve = await history.curve(await queries.level(mug))

    assert (curve.sold_a_day, curve.days_left) == (0, None)


async def test_a_note_that_says_opening_is_no_opening():
    mug = await make.product("MUG", on_hand=10)
    await actions.receive(mug, 5, actor="Robin", note="opening")
    await actions.adjust(mug, -1, reason=AdjustmentReason.DAMAGED, actor="Robin", note="opening")

    why = await history.why(mug)

    assert why.certain
    assert (why.certain.on_hand, why.certain.note) == (10, "opening")
    assert list(why.steps) == [Step(5, "received"), Step(-1, "damaged")]


async def test_the_newest_count_is_what_is_certain():
    mug = await make.product("MUG", on_hand=10)
    await actions.count(mug, 12, actor="Robin")
    await actions.count(mug, 11, actor="Kim")
    await actions.receive(mug, 5, actor="Robin", note="opening")

    why = await history.why(mug)

    assert why.certain
    assert (why.certain.kind, why.certain.actor) == ("counted", "Kim")
    assert list(why.steps) == [Step(5, "received")]


async def test_what_was_undone_is_no_reason_and_neither_is_its_undoing():
    mug = await make.product("MUG", on_hand=10)
    kim = await make.clerk("Kim")
    await actions.receive(mug, 5, actor="Kim")
    lost = await actions.adjust(mug, -2, reason=AdjustmentReason.LOST, actor="Kim")
    await orders.undo(lost, clerk=kim, actor="Kim")

    why = await history.why(mug)

    assert why.certain
    assert why.certain.on_hand == 10
    assert list(why.steps) == [Step(5, "received")]


async def test_a_count_that_was_undone_is_not_certain():
    mug = await make.product("MUG", on_hand=10)
    kim = await make.clerk("Kim")
    await actions.count(mug, 12, actor="Kim")
    mistaken = await actions.count(mug, 2, actor="Kim")
    await orders.undo(mistaken, clerk=kim, actor="Kim")

    why = await history.why(mug)

    assert why.certain
    assert (why.certain.kind, why.certain.on_hand) == ("counted", 12)
    assert list(why.steps) == []


async def test_an_opening_that_was_undone_leaves_nothing_certain():
    opened = await queries.last_event() + 1
    mug = await make.product("MUG", on_hand=10)
    kim = await make.clerk("test")
    await orders.undo(opened, clerk=kim, actor="test")

    why = await history.why(mug)

    assert (why.certain, list(why.steps)) == (None, [])


async def test_why_says_for_whom_units_are_reserved_the_first_to_end_first():
    mug = await make.product("MUG", on_hand=10)
    hour = timedelta(hours=1)
    okafor = await orders.place(
        [Wanted("MUG", 3)], actor="Kim", customer="Mrs Okafor", expires_in=2 * hour
    )
    web = await orders.place([Wanted("MUG", 4)], actor="webshop", expires_in=hour)

    why = await history.why(mug)

    assert [(p.order_id, p.units, p.said_for) for p in why.promises] == [
        (web.id, 4, "webshop"),
        (okafor.id, 3, "Mrs Okafor"),
    ]


async def test_the_page_of_a_product_says_why_and_for_whom():
    mug = await make.product("MUG", on_hand=10)
    with clock.at(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        hour = timedelta(hours=1)
        first = await orders.place([Wanted("MUG", 1)], actor="Kim", expires_in=hour)
        async with screen.clerk() as robin:
            one = await robin.get("/stock/MUG")
            await orders.place(
                [Wanted("MUG", 3)], actor="Kim", customer="Mrs Okafor", expires_in=50 * hour
            )
            two = await robin.get("/stock/MUG")
            await orders.cancel(first.id, actor="Kim")
            await actions.adjust(mug, -7, reason=AdjustmentReason.LOST, actor="Kim")
            rest = await robin.get("/stock/MUG")

    assert "1 is promised to 1 order, until 13:00, so 9 are available" in one.words
    assert "4 are promised to 2 orders, the first until 13:00, so 6 are available" in two.words
    assert (
        "Reserved 4 1 Kim, order 1 until 13:00 3 Mrs Okafor, order 2 until Sun 14:00" in two.words
    )
    assert "since then −7 lost, so 3 are on hand. 3 are promised" in rest.words
    assert "so 0 are available" in rest.words


async def test_a_page_without_promises_names_none():
    await make.product("MUG", on_hand=10)

    async with screen.clerk() as robin:
        page = await robin.get("/stock/MUG")

    assert "None is reserved, so 10 are available." in page.words
    assert '<section id="promises" hidden>' in page.html
