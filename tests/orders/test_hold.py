"""Put aside: the cart becomes a hold, with its stock, until a time."""

from datetime import UTC, datetime, timedelta

from app import clock
from app.errors import Invalid, NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import CartChanged, EmptyCart, OrderClosed, Wanted
from app.orders.queries import Placed
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from app.stock.promises import Promise
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


async def hold(cart: Placed, clerk: int, customer: str = "") -> Placed:
    return await orders.hold(
        cart.id,
        cart.revision,
        clerk=clerk,
        actor="Robin",
        expires_in=HALF_AN_HOUR,
        customer=customer,
    )


async def test_a_cart_that_is_put_aside_reserves_its_lines():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    await make.product("BOWL", on_hand=5, price_cents=900)

    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, BOWL=1)

    level = await stock.level(mug)
    event, *_ = await stock.events(mug)
    assert (held.status, held.total_cents, held.actor) == ("open", 1600, "Robin")
    assert (held.held_at, held.expires_at) == (NOON, NOON + HALF_AN_HOUR)
    assert (held.completed_at, held.closed_at, held.recalled_by) == (None, None, None)
    assert (level.on_hand, level.reserved, level.available) == (5, 2, 3)
    assert (event.kind, event.on_hand_change, event.reserved_change) == ("reserved", 0, 2)
    assert (event.order_id, event.actor) == (held.id, "Robin")


async def test_the_counter_is_free_for_the_next_customer():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)

    assert await queries.cart(robin) is None
    next_cart = await make.cart(robin, MUG=1)

    assert next_cart.id != held.id
    assert next_cart.status == "draft"


async def test_whoever_asks_is_told_for_whom_and_until_when():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)

    with clock.at(NOON):
        held = await make.hold(robin, customer="Mrs Okafor", MUG=4)
        await make.cart(robin, MUG=2)
        shop_says = await _promised_to_others(robin)

    assert shop_says == [Promise(held.id, 4, "Mrs Okafor", NOON + HALF_AN_HOUR)]
    assert (await stock.level(mug)).available == 1


async def _promised_to_others(clerk: int) -> list[Promise]:
    cart = await queries.cart(clerk)
    assert cart is not None
    try:
        await hold(cart, clerk)
    except InsufficientStock as refusal:
        (shortage,) = refusal.shortages
        return list(shortage.promises)
    return []


async def test_a_hold_of_the_last_units_is_an_alert():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, reorder_point=2)

    held = await make.hold(robin, MUG=3)

    alert, reserved, *_ = await stock.events(mug)
    assert (alert.kind, alert.order_id) == ("low_stock", held.id)
    assert reserved.kind == "reserved"


async def test_a_hold_of_more_than_there_is_reserves_nothing():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=1)
    await make.product("JUG", on_hand=0)
    cart = await make.cart(robin, MUG=2, BOWL=2, JUG=1)

    async with refused(
        InsufficientStock, "Only 1 of BOWL available, 2 wanted. Only 0 of JUG available, 1 wanted."
    ):
        await hold(cart, robin)


async def test_an_empty_cart_is_not_put_aside():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.cart(robin, MUG=1)
    await orders.set_quantity(mug, 0, clerk=robin, actor="Robin")
    cart = await make.cart(robin)

    async with refused(EmptyCart, "There is nothing to sell yet."):
        await hold(cart, robin)


async def test_a_cart_that_changed_since_it_was_shown_is_not_put_aside():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    shown = await make.cart(robin, MUG=1)
    await make.cart(robin, MUG=1)

    async with refused(
        CartChanged, "The order was changed on another screen. Look at it once more."
    ):
        await hold(shown, robin)


async def test_a_cart_is_put_aside_once():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    cart = await make.cart(robin, MUG=1)
    await hold(cart, robin)

    async with refused(
        CartChanged, "The order was changed on another screen. Look at it once more."
    ):
        await hold(cart, robin)


async def test_a_cart_that_was_sold_is_not_put_aside():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        sale = await make.sale(robin, MUG=1)

        async with refused(OrderClosed, f"Order {sale.id} is completed already, at 12:00."):
            await hold(sale, robin)


async def test_nobody_puts_the_cart_of_a_colleague_aside():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    await make.product("MUG", on_hand=5)
    cart = await make.cart(robin, MUG=1)

    async with refused(NotFound, f"There is no order {cart.id}."):
        await hold(cart, sam)


async def test_a_recalled_hold_goes_back_anew_with_what_was_added():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    with clock.at(NOON):
        held = await make.hold(robin, customer="Mrs Okafor", MUG=2)
        await orders.recall(held.id, clerk=robin, at_least=HALF_AN_HOUR)
        on_counter = await make.cart(robin, MUG=1)

    with clock.at(NOON + timedelta(minutes=20)):
        again = await hold(on_counter, robin)

    assert (again.id, again.customer, again.total_cents) == (held.id, "Mrs Okafor", 1050)
    assert again.expires_at == NOON + timedelta(minutes=50)
    assert again.recalled_by is None
    assert (await stock.level(mug)).reserved == 3
    assert await queries.cart(robin) is None


async def test_a_program_puts_aside_what_it_orders():
    mug = await make.product("MUG", on_hand=5, price_cents=350)

    with clock.at(NOON):
        held = await orders.place(
            [Wanted("MUG", 2)], expires_in=HALF_AN_HOUR, reference="A-1", actor="till"
        )

    assert (held.status, held.held_at, held.expires_at) == ("open", NOON, NOON + HALF_AN_HOUR)
    assert (held.completed_at, held.reference, held.total_cents) == (None, "A-1", 700)
    assert (await stock.level(mug)).reserved == 2


async def test_a_program_cannot_put_aside_more_than_there_is():
    await make.product("MUG", on_hand=5)

    async with refused(InsufficientStock, "Only 5 of MUG available, 6 wanted."):
        await orders.place([Wanted("MUG", 6)], expires_in=HALF_AN_HOUR, actor="till")


async def test_a_hold_for_no_time_at_all_is_a_hold_that_is_over():
    mug = await make.product("MUG", on_hand=5)

    held = await orders.place([Wanted("MUG", 2)], expires_in=timedelta(0), actor="till")

    assert held.status == "expired"
    assert (await stock.level(mug)).reserved == 2
    assert await orders.expire_due() == 1
    assert (await stock.level(mug)).reserved == 0


async def test_a_hold_has_one_price_for_each_product():
    """So that what is released of it, or undone, has no two prices to choose from."""
    await make.product("MUG", on_hand=5)

    async with refused(Invalid, "A hold can have one price for each product."):
        await orders.place(
            [Wanted("MUG", 2, 350), Wanted("mug", 2, 300)], expires_in=HALF_AN_HOUR, actor="till"
        )
