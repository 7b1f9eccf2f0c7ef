import pytest

from app.catalog import actions as catalog
from app.database import DB
from app.errors import NotFound
from app.fields import MOST_UNITS
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import cart, refusals
from app.orders.actions.refusals import CartFull, TooMany
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make


async def scan(product: int, quantity: int = 1, *, clerk: int) -> None:
    await orders.scan(product, quantity, clerk=clerk, actor="Robin")


async def lines(clerk: int) -> list[tuple[str, int]]:
    """What the clerk sees, from the top."""
    on_counter = await queries.cart(clerk)
    return [(line.sku, line.quantity) for line in on_counter.lines] if on_counter else []


async def test_a_scan_begins_a_cart_and_moves_no_stock():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5, price_cents=350)

    await scan(mug, clerk=robin)

    on_counter = await queries.cart(robin)
    assert on_counter is not None
    assert [(line.sku, line.quantity, line.left) for line in on_counter.lines] == [
        ("MUG-BLUE", 1, 4)
    ]
    assert (on_counter.status, on_counter.sum_cents, on_counter.total_cents) == ("draft", 350, 0)
    assert (await stock.level(mug)).available == 5
    assert await StockEvent.count() == 1  # the opening stock


async def test_a_second_scan_is_one_more_and_moves_to_the_top():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    for product in (mug, bowl):
        await scan(product, clerk=robin)
    assert await lines(robin) == [("BOWL", 1), ("MUG-BLUE", 1)]

    await scan(mug, 3, clerk=robin)

    assert await lines(robin) == [("MUG-BLUE", 4), ("BOWL", 1)]


async def test_what_is_out_of_stock_can_be_scanned_and_shows_what_is_missing():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=0)

    await scan(mug, 2, clerk=robin)

    on_counter = await queries.cart(robin)
    assert on_counter is not None
    assert (on_counter.lines[0].left, on_counter.lines[0].is_out) == (-2, True)


async def test_a_quantity_can_be_set_and_the_line_stays_in_its_place():
    robin = await make.clerk()
    for sku in ("MUG-BLUE", "BOWL", "JUG"):
        await scan(await make.product(sku, on_hand=5), clerk=robin)
    bowl = await stock.level_by_sku("BOWL")

    await orders.set_quantity(bowl.id, 4, clerk=robin, actor="robin")

    assert await lines(robin) == [("JUG", 1), ("BOWL", 4), ("MUG-BLUE", 1)]


async def test_a_quantity_of_none_takes_the_line_out():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    for product in (mug, bowl):
        await scan(product, clerk=robin)

    await orders.set_quantity(bowl, 0, clerk=robin, actor="robin")

    assert await lines(robin) == [("MUG-BLUE", 1)]


@pytest.mark.parametrize("quantity", [0, 3])
async def test_a_line_that_is_no_longer_there_cannot_be_changed(quantity: int):
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)

    with pytest.raises(NotFound, match=r"This line is no longer in the order\."):
        await orders.set_quantity(mug, quantity, clerk=robin, actor="robin")
    await scan(bowl, clerk=robin)
    with pytest.raises(NotFound, match=r"This line is no longer in the order\."):
        await orders.set_quantity(mug, quantity, clerk=robin, actor="robin")

    assert await lines(robin) == [("BOWL", 1)]


async def test_every_change_of_a_cart_is_counted_and_a_refused_one_is_not():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    revisions: list[int | str] = []

    for change in (
        scan(mug, clerk=robin),
        scan(mug, clerk=robin),
        orders.set_quantity(mug, 7, clerk=robin, actor="robin"),
        orders.set_quantity(mug, 0, clerk=robin, actor="robin"),
        orders.set_quantity(bowl, 1, clerk=robin, actor="robin"),
    ):
        try:
            await change
        except NotFound:
            revisions.append("refused")
        on_counter = await queries.cart(robin)
        assert on_counter is not None
        revisions.append(on_counter.revision)

    assert revisions == [1, 2, 3, 4, "refused", 4]


async def test_the_price_is_that_of_the_scan():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE", on_hand=5, price_cents=350)
    await scan(mug, clerk=robin)

    await catalog.edit(mug, price_cents=999)
    await scan(mug, clerk=robin)

    on_counter = await queries.cart(robin)
    assert on_counter is not None
    assert on_counter.sum_cents == 700


async def test_every_clerk_has_one_cart_of_their_own():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    mug = await make.product("MUG-BLUE", on_hand=5)

    await scan(mug, clerk=robin)
    await scan(mug, 5, clerk=sam)
    await scan(mug, clerk=robin)

    assert (await lines(robin), await lines(sam)) == ([("MUG-BLUE", 2)], [("MUG-BLUE", 5)])
    assert await DB.fetch("SELECT count(*) FROM orders WHERE status = 'draft'") == [(2,)]


async def test_what_is_no_longer_sold_cannot_be_scanned():
    robin = await make.clerk()
    mug = await make.product("MUG-OLD", on_hand=5)
    await make.archive(mug)

    with pytest.raises(NotFound, match=r"MUG-OLD is no longer sold\."):
        await scan(mug, clerk=robin)
    with pytest.raises(NotFound, match=r"There is no such product\."):
        await scan(999, clerk=robin)

    assert await queries.cart(robin) is None


async def test_what_lies_in_the_cart_is_sold_even_if_it_was_archived_since():
    """The customer has it in hand."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.cart(robin, MUG=2)

    await make.archive(mug)
    sale = await make.sale(robin)

    assert (sale.status, (await stock.level(mug)).on_hand) == ("completed", 3)


async def test_a_line_can_have_a_million_and_no_more():
    robin = await make.clerk()
    mug = await make.product("MUG-BLUE")
    await scan(mug, MOST_UNITS - 1, clerk=robin)
    await scan(mug, 1, clerk=robin)

    with pytest.raises(TooMany) as refusal:
        await scan(mug, 1, clerk=robin)
    bowl = await make.product("BOWL")
    with pytest.raises(TooMany):
        await scan(bowl, MOST_UNITS + 1, clerk=robin)

    assert str(refusal.value) == "A line can have 1\u202f000\u202f000 units at most."
    assert await lines(robin) == [("MUG-BLUE", MOST_UNITS)]


async def test_a_cart_is_full_at_its_last_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cart, "MOST_LINES", 10)
    monkeypatch.setattr(refusals, "MOST_LINES", 10)
    robin = await make.clerk()
    products = [await make.product(f"MUG-{n}") for n in range(11)]
    for product in products[:-1]:
        await scan(product, clerk=robin)

    with pytest.raises(CartFull) as refusal:
        await scan(products[-1], clerk=robin)
    await scan(products[0], clerk=robin)  # what is in it already may still become more

    assert str(refusal.value) == "An order can have 10 lines at most."
    assert await lines(robin) == [("MUG-0", 2), *((f"MUG-{n}", 1) for n in range(9, 0, -1))]


async def test_a_cart_survives_a_restart():
    robin = await make.clerk()
    await scan(await make.product("MUG-BLUE", on_hand=5), 3, clerk=robin)

    await DB.close()
    await DB.open()

    assert await lines(robin) == [("MUG-BLUE", 3)]
