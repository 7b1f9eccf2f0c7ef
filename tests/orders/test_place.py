import pytest

from app.errors import Invalid, NotFound
from app.fields import MOST_CENTS
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import UnknownProduct, Wanted
from app.orders.tables import Order
from app.stock import actions as receiving
from app.stock import lists
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from app.stock.tables import StockEvent
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


async def test_lines_of_one_product_at_one_price_become_one():
    await make.product("MUG-BLUE", on_hand=9, price_cents=350)
    lines = [Wanted("MUG-BLUE", 1), Wanted("mug-blue", 2, 300), Wanted(" MUG-BLUE ", 3, 350)]

    order = await orders.place(lines, actor="robin")

    assert sorted((line.quantity, line.unit_price_cents) for line in order.lines) == [
        (2, 300),
        (4, 350),
    ]
    assert order.total_cents == 2000


async def test_an_order_says_who_sold_it_to_whom_and_for_what():
    robin = await make.clerk("Robin")
    await make.product("MUG-BLUE", on_hand=9)

    order = await orders.place(
        [Wanted("MUG-BLUE", 1)], actor="Robin", clerk=robin, reference="W-17", customer="Ada"
    )

    assert (order.actor, order.reference, order.customer) == ("Robin", "W-17", "Ada")
    assert order == await queries.order(order.id)
    assert order == await queries.last_sale(robin)


async def test_every_line_of_an_order_is_one_event_that_names_it():
    mug = await make.product("MUG-BLUE", on_hand=9)
    bowl = await make.product("BOWL", on_hand=9)

    order = await orders.place([Wanted("BOWL", 2), Wanted("MUG-BLUE", 1)], actor="robin")

    events = await StockEvent.select(
        StockEvent.product, StockEvent.on_hand_change, StockEvent.on_hand
    ).where(StockEvent.order_id == order.id)
    assert [tuple(event.values()) for event in events] == [(mug, -1, 8), (bowl, -2, 7)]


async def test_every_shortage_is_named_at_once():
    await make.product("MUG-BLUE", on_hand=1)
    await make.product("BOWL", on_hand=0)
    await make.product("JUG", on_hand=5)

    with pytest.raises(InsufficientStock) as refusal:
        await orders.place(
            [Wanted("bowl", 1), Wanted("JUG", 2), Wanted("MUG-BLUE", 1500)], actor="robin"
        )

    assert str(refusal.value) == (
        "Only 1 of MUG-BLUE available, 1\u202f500 wanted. Only 0 of BOWL available, 1 wanted."
    )
    assert refusal.value.details == {
        "shortages": [
            {"sku": "MUG-BLUE", "wanted": 1500, "available": 1},
            {"sku": "BOWL", "wanted": 1, "available": 0},
        ]
    }
    assert await Order.count() == 0
    assert await StockEvent.count() == 4  # the opening stock of each, and that BOWL is low


async def test_a_product_that_is_no_longer_sold_is_unknown_to_an_order():
    mug = await make.product("MUG-OLD", on_hand=5)
    await make.archive(mug)

    with pytest.raises(UnknownProduct, match="There is no product with the SKU MUG-OLD"):
        await orders.place([Wanted("MUG-OLD", 1)], actor="robin")

    assert (await stock.level(mug)).on_hand == 5


async def test_more_of_one_product_than_a_line_can_have_is_refused():
    mug = await make.product("MUG-BLUE", on_hand=1_000_000)
    await receiving.receive(mug, 1_000_000, actor="test")

    with pytest.raises(Invalid) as refusal:
        await orders.place([Wanted("MUG-BLUE", 600_000), Wanted("MUG-BLUE", 600_000)], actor="r")

    assert str(refusal.value) == (
        "An order can have 1\u202f000\u202f000 of one product at one price at most."
    )
    assert (await stock.level(mug)).on_hand == 2_000_000
    assert await Order.count() == 0


async def test_a_total_that_no_order_can_have_is_refused():
    gold = await make.product("GOLD", on_hand=1_000_000, price_cents=MOST_CENTS)

    with pytest.raises(Invalid) as refusal:
        await orders.place([Wanted("GOLD", 1_001)], actor="robin")

    assert str(refusal.value).startswith("An order can come to £1\u202f000")
    assert (await stock.level(gold)).on_hand == 1_000_000
    assert (await orders.place([Wanted("GOLD", 1_000)], actor="robin")).total_cents == 10**14


async def test_an_order_of_a_hundred_lines_is_sold_as_one():
    skus = [f"MUG-{n}" for n in range(100)]
    for sku in skus:
        await make.product(sku, on_hand=1)

    order = await orders.place([Wanted(sku, 1) for sku in skus], actor="robin")

    assert [line.sku for line in order.lines] == skus
    assert (await lists.counts(await stock.last_event())).out == 100


async def test_a_draft_is_no_order_yet():
    robin = await make.clerk()
    mug = await make.product(on_hand=5)
    await orders.scan(mug, clerk=robin, actor="Robin")
    cart = await queries.cart(robin)
    assert cart is not None

    with pytest.raises(NotFound, match=f"There is no order {cart.id}"):
        await queries.order(cart.id)
    with pytest.raises(NotFound, match="There is no order 99"):
        await queries.order(99)
