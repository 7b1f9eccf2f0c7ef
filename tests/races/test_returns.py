"""Many who take back one sale, or cancel it: no more comes back than was sold."""

import asyncio
from pathlib import Path

from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back, OrderClosed, OverReturned
from app.orders.queries import Placed
from app.orders.tables import Condition
from app.stock import queries as stock
from tests import make
from tests.races import careless

SHELF, DAMAGED, GONE = Condition
RETURNS = 40


async def test_many_who_take_back_parts_of_one_sale_take_back_no_more_than_was_sold():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=50)
    sale = await make.sale(robin, MUG=50)

    outcomes = await asyncio.gather(
        *(
            orders.take_back(
                sale.id, [Back(mug, n % 5 + 1, list(Condition)[n % 3])], actor=f"clerk {n}"
            )
            for n in range(RETURNS)
        ),
        return_exceptions=True,
    )

    taken = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Placed)]
    (line,) = (await queries.order(sale.id)).lines
    assert all(isinstance(outcome, Placed | OverReturned) for outcome in outcomes)
    assert sum(n % 5 + 1 for n in taken) == line.returned <= 50
    assert line.returned > 45
    assert (await stock.level(mug)).on_hand == sum(n % 5 + 1 for n in taken if n % 3 == 0)


async def test_many_who_take_back_and_cancel_one_sale_put_every_unit_back_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=50)
    sale = await make.sale(robin, MUG=50)

    outcomes = await asyncio.gather(
        *(orders.take_back(sale.id, [Back(mug, 1)], actor=f"clerk {n}") for n in range(5)),
        *(orders.cancel(sale.id, actor=f"clerk {n}") for n in range(RETURNS)),
        *(orders.take_back(sale.id, [Back(mug, 1)], actor=f"clerk {n}") for n in range(RETURNS)),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {Placed, OrderClosed}
    assert sum(isinstance(outcome, Placed) for outcome in outcomes[5 : 5 + RETURNS]) == 1
    assert (await stock.level(mug)).on_hand == 50


async def test_whoever_reads_what_came_back_and_writes_the_sum_takes_back_too_much(
    shop: Path, empty_shop: Path
):
    """The losing control."""
    robin = await make.clerk()
    await make.product("MUG", on_hand=50)
    await make.sale(robin, MUG=50)

    together = asyncio.Barrier(RETURNS)
    taken = 5 * sum(
        await asyncio.gather(
            *(
                careless.look_then_write(
                    "SELECT returned FROM order_line",
                    lambda returned: (
                        f"UPDATE order_line SET returned = {returned + 5}"
                        if returned + 5 <= 50
                        else None
                    ),
                    together,
                )
                for _ in range(RETURNS)
            )
        )
    )

    (line,) = (await queries.order(1)).lines
    assert taken > 50
    assert taken > line.returned  # and nobody can see it
    await careless.forget_everything(shop, empty_shop)
