import pytest

from app.orders import actions as orders
from app.orders.actions import UnknownProduct, Wanted
from app.orders.tables import Order
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from tests import make


async def test_an_order_takes_its_units_from_the_shelf():
    mug = await make.product("MUG-BLUE", on_hand=5, price_cents=350)

    order = await orders.place([Wanted("MUG-BLUE", 2)], actor="robin")

    assert order.status == "completed"
    assert order.total_cents == 700
    assert (await stock.level(mug)).on_hand == 3


async def test_an_order_the_shop_cannot_fill_takes_nothing():
    mug = await make.product("MUG-BLUE", on_hand=5)
    await make.product("BOWL", on_hand=1)

    with pytest.raises(InsufficientStock) as refusal:
        await orders.place([Wanted("MUG-BLUE", 2), Wanted("BOWL", 2)], actor="robin")

    assert str(refusal.value) == "Only 1 of BOWL available, 2 wanted."
    assert (await stock.level(mug)).on_hand == 5
    assert await Order.count() == 0


async def test_two_lines_of_one_product_are_one_wish():
    mug = await make.product("MUG-BLUE", on_hand=5)

    with pytest.raises(InsufficientStock) as refusal:
        await orders.place([Wanted("MUG-BLUE", 3), Wanted("mug-blue", 3)], actor="robin")

    assert str(refusal.value) == "Only 5 of MUG-BLUE available, 6 wanted."
    assert (await stock.level(mug)).on_hand == 5


async def test_unknown_skus_are_all_named():
    mug = await make.product("MUG-BLUE", on_hand=5)

    with pytest.raises(UnknownProduct) as refusal:
        await orders.place(
            [Wanted("NIX", 1), Wanted("MUG-BLUE", 1), Wanted("NADA", 1)], actor="robin"
        )

    assert refusal.value.details == {"skus": ["NIX", "NADA"]}
    assert (await stock.level(mug)).on_hand == 5
