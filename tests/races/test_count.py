"""A6: a shelf is counted while it is sold from, and by two at once. Nothing is lost, or twice."""

import asyncio
from pathlib import Path

from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock import queries
from app.stock.actions import CountedMeanwhile
from tests import make
from tests.races import careless

SOLD = 3
CLERKS = 20


async def sell(quantity: int = 1) -> None:
    await orders.place([Wanted("MUG-BLUE", quantity)], actor="till")


async def test_three_are_sold_between_looking_and_saving_and_none_comes_back():
    mug = await make.product("MUG-BLUE", on_hand=42)
    seen = (await queries.level(mug)).as_of

    for _ in range(SOLD):
        await sell()
    await stock.count(mug, 40, actor="Robin", as_of=seen)

    counted = (await queries.events(mug))[0]
    assert (counted.kind, counted.on_hand_change) == ("counted", -2)
    assert (await queries.level(mug)).on_hand == 37  # 42, of which 2 were missing and 3 sold


async def test_whoever_sets_the_number_that_was_counted_brings_back_what_was_sold(shop: Path):
    """The losing control."""
    mug = await make.product("MUG-BLUE", on_hand=42)

    for _ in range(SOLD):
        await sell()
    careless.set_what_was_counted(shop, mug, 40)

    assert (await queries.level(mug)).on_hand == 40  # and three that are sold stand there again
    await careless.forget_what_was_taken(shop)


async def test_sales_beside_a_count_are_all_kept_whatever_comes_first():
    mug = await make.product("MUG-BLUE", on_hand=100)
    seen = (await queries.level(mug)).as_of

    await asyncio.gather(
        *(sell() for _ in range(CLERKS)),
        stock.count(mug, 98, actor="Robin", as_of=seen),
        *(sell() for _ in range(CLERKS)),
    )

    assert (await queries.level(mug)).on_hand == 98 - 2 * CLERKS


async def test_of_many_who_count_at_once_one_is_taken_and_the_others_are_told():
    mug = await make.product("MUG-BLUE", on_hand=42)
    seen = (await queries.level(mug)).as_of

    outcomes = await asyncio.gather(
        *(stock.count(mug, 40, actor=f"clerk {n}", as_of=seen) for n in range(CLERKS)),
        return_exceptions=True,
    )

    told = [outcome for outcome in outcomes if isinstance(outcome, CountedMeanwhile)]
    assert len(told) == CLERKS - 1
    assert str(told[0]).startswith("clerk 0 counted 40 of MUG-BLUE at ")
    assert (await queries.level(mug)).on_hand == 40
    assert [event.on_hand_change for event in await queries.events(mug)] == [-2, 42]


async def test_two_variances_that_are_both_entered_take_the_missing_ones_twice():
    """The losing control: each enters the difference she saw, as if it were an adjustment."""
    mug = await make.product("MUG-BLUE", on_hand=42)
    seen = await queries.level(mug)

    for clerk in ("Anna", "Tom"):
        await careless.enter_variance(mug, counted=40, expected=seen.on_hand, actor=clerk)

    assert (await queries.level(mug)).on_hand == 38
