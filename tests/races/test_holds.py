"""Many clerks at one hold: it lies on one counter, and gives back no more than it has."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import CartChanged, OrderClosed, OverReleased
from app.orders.queries import Placed
from app.stock import queries as stock
from tests import make
from tests.races import careless

CLERKS = 20
AT_LEAST = timedelta(minutes=10)


async def test_twenty_clerks_recall_one_hold_and_it_lies_on_one_counter():
    clerks = [await make.clerk(f"Clerk {n}") for n in range(CLERKS)]
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(clerks[0], MUG=2)

    shown = await asyncio.gather(
        *(orders.recall(held.id, clerk=clerk, at_least=AT_LEAST) for clerk in clerks)
    )
    counters = [await queries.cart(clerk) for clerk in clerks]
    sales = await asyncio.gather(
        *(
            orders.complete(order.id, order.revision, clerk=clerk, actor=f"{clerk}")
            for clerk, order in zip(clerks, shown, strict=True)
        ),
        return_exceptions=True,
    )

    level = await stock.level(mug)
    assert sum(counter is not None for counter in counters) == 1
    assert Counter(map(type, sales))[Placed] == 1
    assert sum(isinstance(sale, CartChanged | OrderClosed) for sale in sales) == CLERKS - 1
    assert (level.on_hand, level.reserved) == (3, 0)


async def test_one_clerk_who_recalls_many_holds_has_one_on_the_counter():
    robin = await make.clerk()
    await make.product("MUG", on_hand=CLERKS)
    held = [await make.hold(robin, MUG=1) for _ in range(CLERKS)]

    await asyncio.gather(
        *(orders.recall(order.id, clerk=robin, at_least=AT_LEAST) for order in held)
    )

    lying = [order for order in held if (await queries.order(order.id)).recalled_by == robin]
    assert len(lying) == 1


async def test_many_who_give_back_parts_of_one_hold_give_back_no_more_than_it_has():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=100)
    await make.product("BOWL", on_hand=100)
    held = await make.hold(robin, MUG=50, BOWL=1)

    outcomes = await asyncio.gather(
        *(orders.release(held.id, mug, n % 5 + 1, actor=f"clerk {n}") for n in range(40)),
        return_exceptions=True,
    )

    given_back = sum(n % 5 + 1 for n, outcome in enumerate(outcomes) if isinstance(outcome, Placed))
    order = await queries.order(held.id)
    left = sum(line.quantity for line in order.lines if line.id == mug)
    assert given_back == 50 - left
    assert 50 - left > 40
    assert all(isinstance(outcome, Placed | OverReleased) for outcome in outcomes)
    assert (await stock.level(mug)).reserved == left


async def test_many_who_give_back_all_of_one_hold_and_some_of_it_end_it_once():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=5)

    outcomes = await asyncio.gather(
        *(orders.release(held.id, mug, n % 3 + 1, actor=f"clerk {n}") for n in range(10)),
        *(orders.cancel(held.id, actor=f"clerk {n}") for n in range(10)),
        *(orders.hand_over(held.id, actor=f"clerk {n}") for n in range(10)),
        return_exceptions=True,
    )

    level = await stock.level(mug)
    wrong = [o for o in outcomes if not isinstance(o, Placed | OrderClosed | OverReleased)]
    assert wrong == []
    assert (await queries.order(held.id)).status == "cancelled"
    assert (level.on_hand, level.reserved) == (5, 0)


async def test_whoever_reads_a_line_and_writes_what_is_left_gives_back_too_much(
    shop: Path, empty_shop: Path
):
    """The losing control."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=100)
    await make.hold(robin, MUG=50)

    together = asyncio.Barrier(40)
    given_back = 5 * sum(
        await asyncio.gather(
            *(
                careless.look_then_write(
                    f"SELECT quantity FROM order_line WHERE product = {mug}",
                    lambda left: f"UPDATE order_line SET quantity = {left - 5}",
                    together,
                )
                for _ in range(40)
            )
        )
    )

    (line,) = (await queries.order(1)).lines
    assert given_back > 50 - line.quantity
    await careless.forget_everything(shop, empty_shop)
