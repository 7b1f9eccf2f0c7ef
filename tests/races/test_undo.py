"""One undoes what another wants to sell: the goods go one way."""

import asyncio
from pathlib import Path
from random import Random

from app.orders import actions as orders
from app.orders.actions import Wanted
from app.orders.queries import Placed
from app.stock import actions as stock
from app.stock import queries
from app.stock.actions import CannotUndo, InsufficientStock
from tests import make
from tests.races import careless

ROUNDS = 30
MOST_ROUNDS = 300  # on PostgreSQL a sale, which asks less, wins seven rounds of eight


async def test_a_delivery_is_undone_or_sold_and_never_both():
    random = Random(20261121)
    winners: list[str] = []
    for n in range(MOST_ROUNDS):
        if n >= ROUNDS and len(set(winners)) == 2:
            break
        mug = await make.product(f"MUG-{n}", on_hand=0)
        delivery = await stock.receive(mug, 5, actor="Robin")
        wishes = [
            *(orders.undo(delivery, clerk=1, actor="Robin") for _ in range(3)),
            *(orders.place([Wanted(f"MUG-{n}", 2)], actor="till") for _ in range(3)),
        ]
        random.shuffle(wishes)

        outcomes = await asyncio.gather(*wishes, return_exceptions=True)

        undone = [outcome for outcome in outcomes if isinstance(outcome, str)]
        sold = [outcome for outcome in outcomes if isinstance(outcome, Placed)]
        refused = [o for o in outcomes if isinstance(o, CannotUndo | InsufficientStock)]
        assert (len(undone), len(sold)) in {(1, 0), (0, 2)}
        assert len(refused) == 6 - len(undone) - len(sold)
        assert (await queries.level(mug)).on_hand == (0 if undone else 1)
        winners.append("undone" if undone else "sold")
    assert set(winners) == {"undone", "sold"}  # it was a race


async def test_whoever_looks_whether_the_goods_are_there_still_takes_them_twice(
    shop: Path, empty_shop: Path
):
    """The losing control."""
    await make.product("MUG", on_hand=5)
    together = asyncio.Barrier(2)

    undone, sold = await asyncio.gather(
        *(
            careless.look_then_write(
                "SELECT on_hand FROM stock_level",
                lambda on_hand, units=units: (  # type: ignore[misc]
                    f"UPDATE stock_level SET on_hand = {on_hand - units}"
                    if on_hand >= units
                    else None
                ),
                together,
            )
            for units in (5, 2)
        )
    )

    assert undone
    assert sold
    await careless.forget_everything(shop, empty_shop)
