"""A count belongs to the moment at which it was taken; what happened since stays."""

from datetime import UTC, datetime

import pytest

from app import clock
from app.errors import Invalid, NotFound
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock import queries
from app.stock.actions import BelowReserved, CountedMeanwhile, ShelfFull
from app.stock.tables import AdjustmentReason, Recount
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LOST = AdjustmentReason.LOST
NOBODY_KNOWS_WHEN = "There is no such moment to have counted MUG at."


async def sell(units: int) -> None:
    await orders.place([Wanted("MUG", units)], actor="till")


async def to_be_counted() -> list[tuple[int, str]]:
    rows = await Recount.select(Recount.product, Recount.note).where(Recount.done_at.is_null())
    return [(row["product"], row["note"]) for row in rows]


@pytest.mark.parametrize(("counted", "variance", "left"), [(40, 0, 37), (38, -2, 35), (45, 5, 42)])
async def test_sales_while_one_counts_do_not_spoil_the_count(
    counted: int, variance: int, left: int
):
    mug = await make.product("MUG", on_hand=40)
    as_of = await queries.last_event()
    await sell(2)
    await sell(1)

    await stock.count(mug, counted, as_of=as_of, actor="Robin")

    event, *_ = await queries.events(mug)
    assert (event.kind, event.on_hand_change, event.on_hand) == ("counted", variance, left)
    assert (await queries.level(mug)).on_hand == left


async def test_whatever_else_arrives_and_leaves_meanwhile_stays_too():
    mug = await make.product("MUG", on_hand=40)
    as_of = await queries.last_event()
    await stock.receive(mug, 12, actor="Sam")
    await stock.adjust(mug, -1, reason=LOST, actor="Sam")
    held = await make.reserved(mug, 4)
    await orders.hand_over(held, actor="till")

    await stock.count(mug, 39, as_of=as_of, actor="Robin")

    assert (await queries.level(mug)).on_hand == 39 + 12 - 1 - 4


async def test_what_happens_to_other_products_is_no_part_of_it():
    mug = await make.product("MUG", on_hand=40)
    bowl = await make.product("BOWL", on_hand=40)
    await stock.receive(bowl, 1, actor="Sam")
    as_of = await queries.last_event()
    await stock.receive(bowl, 5, actor="Sam")

    await stock.count(mug, 39, as_of=as_of, actor="Robin")

    assert [(await queries.level(product)).on_hand for product in (mug, bowl)] == [39, 46]


async def test_a_count_without_a_moment_was_taken_now():
    mug = await make.product("MUG", on_hand=40)
    await sell(3)

    await stock.count(mug, 40, actor="Robin")

    assert (await queries.level(mug)).on_hand == 40


async def test_two_who_count_at_once_are_not_both_believed():
    mug = await make.product("MUG", on_hand=40)
    as_of = await queries.last_event()
    await stock.count(mug, 38, as_of=as_of, actor="Sam")
    later = (await queries.events(mug))[0]

    with pytest.raises(CountedMeanwhile) as refusal:
        await stock.count(mug, 38, as_of=as_of, actor="Robin")

    assert refusal.value.kind == "stale"
    assert str(refusal.value).startswith("Sam counted 38 of MUG at ")
    assert str(refusal.value).endswith(". Nothing was changed; count it once more.")
    assert (await queries.events(mug))[0] == later
    assert (await queries.level(mug)).on_hand == 38


async def test_a_count_behind_another_is_taken():
    mug = await make.product("MUG", on_hand=40)
    as_of = await stock.count(mug, 38, actor="Sam")

    await stock.count(mug, 37, as_of=as_of, actor="Robin")

    assert (await queries.level(mug)).on_hand == 37


async def test_a_count_that_was_undone_is_in_nobodys_way():
    mug = await make.product("MUG", on_hand=40)
    as_of = await queries.last_event()
    counted = await stock.count(mug, 30, actor="Sam")
    await orders.undo(counted, clerk=1, actor="Sam")

    await stock.count(mug, 38, as_of=as_of, actor="Robin")

    assert (await queries.level(mug)).on_hand == 38


async def test_a_count_at_a_moment_that_never_was_is_refused():
    """Before there was the product, or after everything that has happened yet."""
    await make.product("BOWL", on_hand=40)
    mug = await make.product("MUG", on_hand=40)
    opening = (await queries.events(mug))[0].id

    for as_of in (-1, 0, opening - 1, opening + 1, 1 << 62):
        async with refused(Invalid, NOBODY_KNOWS_WHEN):
            await stock.count(mug, 40, as_of=as_of, actor="Robin")

    await stock.count(mug, 39, as_of=opening, actor="Robin")
    assert (await queries.level(mug)).on_hand == 39


async def test_a_count_below_what_is_reserved_or_above_what_a_shelf_holds_is_refused():
    mug = await make.product("MUG", on_hand=40)
    as_of = await queries.last_event()
    with clock.at(NOON):
        await make.reserved(mug, 30)
    await sell(5)

    with clock.at(NOON):
        async with refused(
            BelowReserved,
            "Only 5 of MUG can go: 35 on hand, 30 reserved: 30 for test until 12:30.",
        ):
            await stock.count(mug, 34, as_of=as_of, actor="Robin")
    async with refused(ShelfFull, "MUG cannot have more than 1\u202f000\u202f000\u202f000."):
        await stock.count(mug, 1_000_000_006, as_of=as_of, actor="Robin")

    await stock.count(mug, 35, as_of=as_of, actor="Robin")
    assert (await queries.level(mug)).available == 0


async def test_what_is_no_product_is_not_counted():
    async with refused(NotFound, "There is no such product."):
        await stock.count(99, 5, actor="Robin")


async def test_a_product_is_to_be_counted_once_until_it_is():
    mug = await make.product("MUG", on_hand=5)
    await stock.ask_for_count(mug, actor="Robin", note="first")
    await stock.ask_for_count(mug, actor="Sam", note="second")
    assert await to_be_counted() == [(mug, "first")]

    await stock.count(mug, 5, actor="Robin")
    assert await to_be_counted() == []
    await stock.ask_for_count(mug, actor="Sam", note="third")

    assert await to_be_counted() == [(mug, "third")]


async def test_a_count_that_is_undone_is_still_to_be_done():
    mug = await make.product("MUG", on_hand=5)
    await stock.ask_for_count(mug, actor="Robin", note="first")
    earlier = await stock.count(mug, 5, actor="Robin")
    await stock.ask_for_count(mug, actor="Robin", note="second")
    counted = await stock.count(mug, 4, actor="Robin")

    await orders.undo(counted, clerk=1, actor="Robin")

    assert await to_be_counted() == [(mug, "second")]
    await orders.undo(earlier, clerk=1, actor="Robin")
    assert await to_be_counted() == [(mug, "second")]
