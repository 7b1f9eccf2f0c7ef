"""Double clicks, Enter held down, two screens with one cart: one wish is one effect."""

import asyncio
from collections import Counter
from pathlib import Path

from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import CartChanged, OrderClosed, Wanted
from app.orders.queries import Placed
from app.orders.tables import Order
from app.stock import queries as stock
from tests import api, make
from tests.races import careless

CLICKS = 50


async def test_an_order_that_is_sent_fifty_times_under_one_key_is_sold_once():
    mug = await make.product("MUG-BLUE", on_hand=100)

    async with api.program() as till:
        answers = await asyncio.gather(
            *(
                till.post(
                    "/v1/orders",
                    json={"lines": [{"sku": "MUG-BLUE", "quantity": 2}]},
                    headers={"Idempotency-Key": "one-wish"},
                )
                for _ in range(CLICKS)
            )
        )

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    assert Counter(answer.headers.get("idempotency-replayed") for answer in answers) == {
        None: 1,
        "true": CLICKS - 1,
    }
    assert (await stock.level(mug)).on_hand == 98
    assert await Order.count() == 1


async def test_a_key_that_is_looked_up_first_and_noted_later_sells_many_times(shop: Path):
    """The losing control."""
    await make.product("MUG-BLUE", on_hand=100)
    await make.product("KEY")

    async def sell() -> None:
        await orders.place([Wanted("MUG-BLUE", 2)], actor="till")

    await asyncio.gather(
        *(careless.answer_once_with_two_steps("one wish", sell) for _ in range(CLICKS))
    )

    assert await Order.count() > 1


async def test_two_screens_that_complete_one_cart_complete_it_once():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=100)
    await orders.scan(mug, 2, clerk=robin, actor="Robin")
    cart = await queries.cart(robin)
    assert cart is not None

    outcomes = await asyncio.gather(
        *(
            orders.complete(cart.id, cart.revision, clerk=robin, actor=f"screen {n}")
            for n in range(CLICKS)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OrderClosed) for outcome in outcomes) == CLICKS - 1
    assert (await stock.level(mug)).on_hand == 98


async def test_one_screen_scans_while_another_completes_and_nothing_is_sold_unseen():
    """Whatever comes first, what was sold is what the completing screen had shown."""
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=100)
    await orders.scan(mug, 2, clerk=robin, actor="Robin")
    cart = await queries.cart(robin)
    assert cart is not None

    outcomes = await asyncio.gather(
        *(orders.scan(mug, clerk=robin, actor="Robin") for _ in range(3)),
        orders.complete(cart.id, cart.revision, clerk=robin, actor="Robin"),
        *(orders.scan(mug, clerk=robin, actor="Robin") for _ in range(3)),
        return_exceptions=True,
    )
    after = await queries.cart(robin)

    assert after is not None
    assert isinstance(outcomes[3], CartChanged)
    assert (after.id, after.units) == (cart.id, 8)
    assert (await stock.level(mug)).on_hand == 100


async def test_two_clerks_who_first_scan_at_once_have_a_cart_each():
    clerks = [await make.clerk(f"Clerk {n}") for n in range(10)]
    mug = await make.product("MUG-BLUE", on_hand=100)

    await asyncio.gather(
        *(orders.scan(mug, clerk=clerk, actor=f"{clerk}") for clerk in clerks for _ in range(5))
    )

    carts = [await queries.cart(clerk) for clerk in clerks]
    assert [cart.units for cart in carts if cart] == [5] * 10
    assert await Order.count() == 10
