"""A hundred buyers for what is left of a product. The careless lose; the shop does not."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from app.orders import actions as orders
from app.orders.actions import Wanted
from app.orders.queries import Placed
from app.orders.tables import Order
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from tests import api, make
from tests.races import careless

BUYERS = 100


async def test_only_one_of_a_hundred_buyers_gets_the_last_unit():
    mug = await make.product("MUG-BLUE", on_hand=1)

    outcomes = await asyncio.gather(
        *(orders.place([Wanted("MUG-BLUE", 1)], actor=f"buyer {n}") for n in range(BUYERS)),
        return_exceptions=True,
    )

    told = Counter(str(o) for o in outcomes if isinstance(o, InsufficientStock))
    assert told == {"Only 0 of MUG-BLUE available, 1 wanted.": BUYERS - 1}
    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert (await stock.level(mug)).on_hand == 0
    assert await Order.count() == 1


@pytest.mark.parametrize("take", ["with two actions", "with two connections"])
async def test_whoever_looks_first_and_writes_then_sells_the_last_unit_many_times(
    shop: Path, take: str
):
    """The losing control."""
    mug = await make.product("MUG-BLUE", on_hand=1)
    looked = asyncio.Barrier(BUYERS)

    outcomes = await asyncio.gather(
        *(
            careless.take_with_two_actions(mug, looked)
            if take == "with two actions"
            else careless.take_with_two_connections(shop, mug)
            for _ in range(BUYERS)
        )
    )

    assert sum(outcomes) > 1
    assert (await stock.level(mug)).on_hand == 0  # and the shelf does not even show it
    await careless.forget_what_was_taken(shop)


async def test_only_one_of_a_hundred_programs_gets_the_last_unit():
    mug = await make.product("MUG-BLUE", on_hand=1)

    async with api.program() as till:
        answers = await asyncio.gather(
            *(
                till.post(
                    "/v1/orders",
                    json={"lines": [{"sku": "MUG-BLUE", "quantity": 1}]},
                    headers={"Idempotency-Key": f"key-{n}"},
                )
                for n in range(BUYERS)
            )
        )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: BUYERS - 1}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"] == "insufficient-stock"
            assert answer.json()["shortages"] == [{"sku": "MUG-BLUE", "wanted": 1, "available": 0}]
    assert (await stock.level(mug)).on_hand == 0


async def test_a_hundred_buyers_of_three_sell_what_there_is_and_no_more():
    """Fifty units, three to a buyer: sixteen buyers, and two units that nobody could take."""
    mug = await make.product("MUG-BLUE", on_hand=50)

    outcomes = await asyncio.gather(
        *(orders.place([Wanted("MUG-BLUE", 3)], actor=f"buyer {n}") for n in range(BUYERS)),
        return_exceptions=True,
    )

    told = {str(outcome) for outcome in outcomes if isinstance(outcome, InsufficientStock)}
    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 16
    assert told == {"Only 2 of MUG-BLUE available, 3 wanted."}
    assert (await stock.level(mug)).on_hand == 2


async def test_the_last_units_are_not_sold_twice_by_two_lines_of_one_order():
    mug = await make.product("MUG-BLUE", on_hand=5)

    outcomes = await asyncio.gather(
        *(
            orders.place([Wanted("MUG-BLUE", 3), Wanted("mug-blue", 3, 300)], actor=f"buyer {n}")
            for n in range(BUYERS)
        ),
        return_exceptions=True,
    )

    assert {str(outcome) for outcome in outcomes} == {"Only 5 of MUG-BLUE available, 6 wanted."}
    assert (await stock.level(mug)).on_hand == 5


async def test_orders_in_opposite_directions_all_end_and_take_all_or_nothing():
    """Whoever gets a mug gets a bowl: never one of the two alone."""
    mug = await make.product("MUG-BLUE", on_hand=40)
    bowl = await make.product("BOWL", on_hand=30)
    there, back = (
        [Wanted("MUG-BLUE", 1), Wanted("BOWL", 1)],
        [Wanted("BOWL", 1), Wanted("MUG-BLUE", 1)],
    )

    outcomes = await asyncio.wait_for(
        asyncio.gather(
            *(orders.place(back if n % 2 else there, actor=f"{n}") for n in range(BUYERS)),
            return_exceptions=True,
        ),
        10,
    )

    told = {str(outcome) for outcome in outcomes if not isinstance(outcome, Placed)}
    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 30
    assert told == {"Only 0 of BOWL available, 1 wanted."}
    assert (await stock.level(mug)).on_hand == 10
    assert (await stock.level(bowl)).on_hand == 0
