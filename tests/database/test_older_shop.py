"""A shop as the first version left it, with returns and a cart: it migrates, and goes on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.books import audit
from app.database import DB
from app.database.migrate import migrate, missing
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back, OverReturned
from app.orders.tables import Condition
from app.stock import queries as stock
from tests import books as sums
from tests import make
from tests.refused import refused

pytestmark = pytest.mark.sqlite

DUMP = Path(__file__).parents[1] / "data" / "shop-2026-11-21.sql"
ROBIN, MUG, BOWL = 1, 1, 2


@pytest.fixture
async def older(shop: Path, tmp_path: Path) -> Path:
    """Order 1: 6 mugs, 2 bowls; 2 and 2 came back. Order 2: 5 mugs at two prices; 4 came back."""
    await DB.close()
    path = tmp_path / "older.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text())
    DB.shop = str(path)
    await DB.open()
    return path


async def test_an_older_shop_takes_every_step_and_its_books_balance(older: Path):
    before = await DB.fetch("SELECT product, on_hand, reserved FROM stock_level")

    await migrate()

    assert await missing() == []
    assert await audit.findings() == []
    assert await DB.fetch("SELECT product, on_hand, reserved FROM stock_level") == before
    assert await DB.fetch("SELECT line, quantity, condition, event FROM line_return") == [
        (1, 2, "shelf", None),
        (2, 2, "shelf", None),
        (3, 2, "shelf", None),
        (4, 2, "shelf", None),
    ]
    sums.balance(older)


async def test_what_came_back_before_is_remembered(older: Path):
    await migrate()

    async with refused(OverReturned, "More would come back than order 2 sold."):
        await orders.take_back(2, [Back(MUG, 2)], actor="Robin")
    await orders.take_back(2, [Back(MUG, 1, Condition.DAMAGED)], actor="Robin")
    cancelled = await orders.cancel(1, actor="Robin")

    assert [(line.sku, line.quantity, line.returned) for line in cancelled.lines] == [
        ("MUG", 6, 6),
        ("BOWL", 2, 2),
    ]
    assert (await stock.level(MUG)).on_hand == 14 + 4
    assert await audit.findings() == []


async def test_the_cart_on_the_counter_is_still_there(older: Path):
    await migrate()

    cart = await queries.cart(ROBIN)
    held = await make.hold(ROBIN)

    assert cart is not None
    assert [(line.sku, line.quantity, line.found) for line in cart.lines] == [("MUG", 2, 0)]
    assert (held.id, held.status, (await stock.level(MUG)).reserved) == (cart.id, "open", 2)
    assert await audit.findings() == []
