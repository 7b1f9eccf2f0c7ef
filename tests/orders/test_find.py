"""Found on the shelf: correction and sale in one, and somebody shall count it."""

from app.errors import NotFound
from app.orders import actions as orders
from app.orders.actions import CartChanged, NeedsManager
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from app.stock.tables import Recount
from tests import make
from tests.refused import refused

GONE = "This line is no longer in the order."


async def find(product: int, units: int, clerk: int, *, is_manager: bool = False) -> None:
    await orders.find(product, units, clerk=clerk, is_manager=is_manager, note="behind the till")


async def to_be_counted() -> list[tuple[int, str, str]]:
    rows = await Recount.select(Recount.product, Recount.note, Recount.actor).where(
        Recount.done_at.is_null()
    )
    return [(row["product"], row["note"], row["actor"]) for row in rows]


async def test_found_units_can_be_sold_although_the_books_do_not_know_of_them():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    cart = await make.cart(robin, MUG=3)
    assert cart.lines[0].left == -2

    await find(mug, 2, robin)

    found = await make.cart(robin)
    assert [(line.left, line.found, line.found_note) for line in found.lines] == [
        (0, 2, "behind the till")
    ]
    assert (await stock.level(mug)).on_hand == 1  # until it is sold
    sale = await make.sale(robin)
    assert [(event.kind, event.on_hand_change) for event in await stock.events(mug)] == [
        ("low_stock", 0),
        ("sold", -3),
        ("adjusted", 2),
        ("received", 1),
    ]
    note = f"On the shelf, for order {sale.id}: behind the till"
    assert await to_be_counted() == [(mug, note, "Robin")]


async def test_the_shelf_is_corrected_by_what_is_missing_and_says_why():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    await make.cart(robin, MUG=3)
    await find(mug, 9, robin)

    sale = await make.sale(robin)

    adjusted = next(event for event in await stock.events(mug) if event.kind == "adjusted")
    assert (adjusted.on_hand_change, adjusted.reason, adjusted.actor) == (2, "found", "Robin")
    assert adjusted.note == f"On the shelf, for order {sale.id}: behind the till"
    assert adjusted.order_id is None


async def test_what_is_there_after_all_corrects_nothing():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.cart(robin, MUG=3)
    await find(mug, 2, robin)

    await make.sale(robin)

    assert (await stock.level(mug)).on_hand == 2
    assert [event.kind for event in await stock.events(mug)] == ["sold", "received"]
    assert await to_be_counted() == []


async def test_what_is_found_and_put_aside_is_reserved():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    await make.cart(robin, MUG=3)
    await find(mug, 2, robin)

    await make.hold(robin)

    level = await stock.level(mug)
    assert (level.on_hand, level.reserved) == (3, 3)
    assert len(await to_be_counted()) == 1


async def test_what_was_found_is_not_enough_for_what_is_missing():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    await make.cart(robin, MUG=5)
    await find(mug, 2, robin)
    cart = await make.cart(robin)

    async with refused(InsufficientStock, "Only 1 of MUG available, 5 wanted."):
        await orders.complete(cart.id, cart.revision, clerk=robin, actor="Robin")


async def test_what_is_found_never_touches_what_is_promised_to_others():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=4)
    await make.reserved(mug, 4)
    await make.cart(robin, MUG=1)
    await find(mug, 1, robin)

    await make.sale(robin)

    level = await stock.level(mug)
    assert (level.on_hand, level.reserved) == (4, 4)


async def test_a_clerk_finds_ten_and_a_manager_more():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    await make.cart(robin, MUG=11)

    await find(mug, 10, robin)
    async with refused(NeedsManager, "A clerk can enter 10 found units at most. Ask a manager."):
        await find(mug, 11, robin)
    await find(mug, 11, robin, is_manager=True)

    assert (await make.sale(robin)).units == 11


async def test_what_was_found_by_mistake_is_taken_back_by_none():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=0)
    await make.cart(robin, MUG=1)
    await find(mug, 1, robin)

    await find(mug, 0, robin)

    cart = await make.cart(robin)
    async with refused(InsufficientStock, "Only 0 of MUG available, 1 wanted."):
        await orders.complete(cart.id, cart.revision, clerk=robin, actor="Robin")


async def test_nothing_is_found_for_a_line_that_is_not_in_the_cart():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    mug = await make.product("MUG", on_hand=0)
    bowl = await make.product("BOWL", on_hand=0)

    async with refused(NotFound, GONE):
        await find(mug, 1, robin)
    await make.cart(robin, MUG=1)
    async with refused(NotFound, GONE):
        await find(bowl, 1, robin)
    async with refused(NotFound, GONE):
        await find(mug, 1, sam)


async def test_a_screen_that_shows_an_older_cart_does_not_sell_what_was_found():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=1)
    shown = await make.cart(robin, MUG=3)

    await find(mug, 2, robin)

    async with refused(
        CartChanged, "The order was changed on another screen. Look at it once more."
    ):
        await orders.complete(shown.id, shown.revision, clerk=robin, actor="Robin")
