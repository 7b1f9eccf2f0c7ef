"""Why a product stands at its number, and how fast it sells."""

from datetime import timedelta

import pytest

from app import clock
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions, history, queries
from app.stock.history import Step
from app.stock.tables import AdjustmentReason
from tests import make


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
