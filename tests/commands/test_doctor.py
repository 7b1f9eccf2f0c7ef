"""The doctor finds every damage that can be planted, and nothing in a sound shop."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.books import audit
from app.counts import actions as counts
from app.counts.tables import Subject
from app.orders import actions as orders
from app.orders.actions import Back, Wanted
from app.stock import actions as stock
from tests import make
from tests.commands.conftest import Onhand

pytestmark = pytest.mark.sqlite
NOTE = "note: there is no good backup yet"


async def trade() -> None:
    """A sale, a return, an alert and a promise: MUG is product 1, BOWL product 2."""
    mug = await make.product("MUG", on_hand=9, reorder_point=4, price_cents=350)
    bowl = await make.product("BOWL", on_hand=5, price_cents=900)
    order = await orders.place([Wanted("MUG", 6), Wanted("BOWL", 1)], actor="till")
    await orders.take_back(order.id, [Back(mug, 2)], actor="till")
    await stock.receive(mug, 3, actor="till")
    await make.reserved(mug, 2)
    await count(await make.clerk(), bowl)


async def count(robin: int, bowl: int) -> None:
    """A shelf with 4 bowls, and a delivery of 2."""
    who: dict[str, Any] = {"clerk": robin, "actor": "Robin"}
    shelf = await counts.begin("Shelf 3", actor="Robin")
    delivery = await counts.begin("2291", subject=Subject.DELIVERY, actor="Robin")
    await counts.scan(shelf, bowl, 4, **who)
    await counts.apply(shelf, 2, ready=1, actor="Robin")
    await counts.scan(delivery, bowl, 2, **who)
    await counts.receive(delivery, 2, actor="Robin")


@pytest.fixture(scope="module")
def sound(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.copy_with(trade, empty_shop, tmp_path_factory.mktemp("sound"))


@pytest.fixture
def shop(sound: Path, database: Path) -> Path:
    shutil.copy(sound, database)
    return database


def plant(database: Path, *statements: str) -> None:
    """Damage that no part of the program could do: no trigger, check or key is in its way."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute("PRAGMA foreign_keys = 0")
        connection.execute("DROP TRIGGER stock_event_no_update")
        connection.execute("DROP TRIGGER stock_event_no_delete")
        for statement in statements:
            connection.execute(statement)


def event(**values: object) -> str:
    """One more event of MUG, which changes nothing, but for what is said."""
    columns = {
        "product": 1,
        "kind": "'counted'",
        "on_hand_change": 0,
        "reserved_change": 0,
        "on_hand": 8,
        "reserved": 2,
        "note": "''",
        "actor": "'nobody'",
        "happened_at": "'2026-01-01'",
        **values,
    }
    values_sql = ", ".join(map(str, columns.values()))
    return f"INSERT INTO stock_event ({', '.join(columns)}) VALUES ({values_sql})"


def test_in_a_sound_shop_the_books_balance(onhand: Onhand, shop: Path):
    assert onhand("doctor") == (0, [NOTE, "books balance"], [])


DAMAGE = {
    "is not between nothing and what is on hand": [
        (
            "UPDATE stock_level SET reserved = 20 WHERE product = 1",
            "MUG (reserved 20 of 8)",
        ),
        (
            "UPDATE stock_level SET on_hand = -1 WHERE product = 2",
            "BOWL (reserved 0 of -1)",
        ),
        (
            "UPDATE stock_level SET reserved = -1 WHERE product = 2",
            "BOWL (reserved -1 of 6)",
        ),
    ],
    "has no level": [
        ("DELETE FROM stock_level WHERE product = 2", "BOWL (product 2)"),
    ],
    "differs from its log": [
        (
            "UPDATE stock_level SET on_hand = 9 WHERE product = 1",
            "MUG (on hand 9, reserved 2; log 8, 2)",
        ),
        (
            "DELETE FROM stock_event WHERE product = 2",
            "BOWL (on hand 6, reserved 0; log 0, 0)",
        ),
        (
            "UPDATE stock_event SET reserved_change = 1 WHERE kind = 'reserved'",
            "MUG (on hand 8, reserved 2; log 8, 1)",
        ),
    ],
    "is reserved for other than its open orders": [
        (
            "UPDATE orders SET status = 'cancelled' WHERE status = 'open'",
            "MUG (reserved 2, open orders 0)",
        ),
        (
            "UPDATE orders SET status = 'open' WHERE status = 'completed'",
            "BOWL (reserved 0, open orders 1)",
        ),
    ],
    "does not follow from the events before it": [
        (
            "UPDATE stock_event SET on_hand = 99 WHERE kind = 'returned'",
            "event 6 (on hand 99, reserved 0)",
        ),
        (
            "UPDATE stock_event SET reserved = 1 WHERE kind = 'reserved'",
            "event 9 (on hand 8, reserved 1)",
        ),
        (
            "DELETE FROM stock_event WHERE kind = 'received' AND note <> 'opening'",
            "event 9 (on hand 8, reserved 2)",
        ),
    ],
    "was alerted twice without a restock between": [
        (event(kind="'restocked'"), "event 12 (restocked)"),
    ],
    "left the shelf in other numbers than were sold": [
        (
            "UPDATE order_line SET quantity = 5 WHERE product = 1 AND returned = 2",
            "order 1 (product 1)",
        ),
        (
            "UPDATE line_return SET condition = 'gone'",
            "order 1 (product 1)",
        ),
        (
            "DELETE FROM order_line WHERE product = 2",
            "order 1 (product 2)",
        ),
        (
            "UPDATE orders SET completed_at = NULL WHERE id = 1",
            "order 1 (product 1)",
        ),
        (
            event(kind="'sold'", on_hand_change=-1, on_hand=7),
            "order 0 (product 1)",
        ),
    ],
    "has returned other numbers than came back": [
        (
            "UPDATE order_line SET returned = 1 WHERE product = 1 AND returned = 2",
            "order line 1 (returned 1)",
        ),
        (
            "DELETE FROM line_return",
            "order line 1 (returned 2)",
        ),
    ],
    "was reserved or released in other numbers than its lines": [
        (
            "UPDATE stock_event SET order_id = 1 WHERE kind = 'reserved'",
            "order 1 (product 1)",
        ),
        (
            "UPDATE orders SET status = 'expired' WHERE status = 'open'",
            "order 2 (product 1)",
        ),
    ],
    "was taken back in other numbers": [
        (
            event(undoes=8, kind="'returned'", reason="'undo'"),
            "event 8 (undone by event 12)",
        ),
    ],
    "has another total than its lines": [
        ("UPDATE orders SET total_cents = 1 WHERE id = 1", "order 1 (1 cents)"),
        (
            "UPDATE order_line SET unit_price_cents = 1 WHERE product = 2",
            "order 1 (3000 cents)",
        ),
        (
            'DELETE FROM order_line WHERE "order" = 1',
            "order 1 (3000 cents)",
        ),
    ],
    "names an order that is not there": [
        (event(order_id=77), "event 12 (order 77)"),
    ],
    "was counted otherwise than its entries": [
        ("UPDATE count_line SET counted = 5 WHERE id = 1", "count line 1 (counted 5)"),
        ("UPDATE count_line SET counted = NULL WHERE id = 1", "count line 1 (counted -1)"),
        ("UPDATE count_entry SET stands = 0", "count line 1 (counted 4)"),
        (
            "INSERT INTO count_entry (session, line, kind, quantity, stands, clerk, actor, "
            "entered_at) VALUES (1, 1, 'scanned', 1, 1, 1, 'nobody', '2026-01-01')",
            "count line 1 (counted 4)",
        ),
    ],
    "is in the log otherwise than it was counted": [
        ("UPDATE count_line SET event = 77 WHERE id = 1", "count line 1 (event 77)"),
        ("UPDATE count_line SET event = 1 WHERE id = 1", "count line 1 (event 1)"),
        ("UPDATE count_line SET event = 8 WHERE id = 2", "count line 2 (event 8)"),
        ("UPDATE stock_event SET product = 1 WHERE id = 11", "count line 2 (event 11)"),
    ],
    "is not a whole number": [
        (
            "UPDATE stock_level SET on_hand = 8.5 WHERE product = 1",
            "level of product 1 (8.5, 2)",
        ),
        (
            "UPDATE stock_event SET on_hand_change = 3.5 WHERE id = 1",
            "event 1 (3.5, 0)",
        ),
        (
            "UPDATE order_line SET quantity = 'six' WHERE product = 2",
            "order line 2 (six, 900)",
        ),
    ],
}


@pytest.mark.parametrize(
    ("what", "damage", "thing"),
    [(what, damage, thing) for what, cases in DAMAGE.items() for damage, thing in cases],
)
def test_the_doctor_finds(onhand: Onhand, shop: Path, what: str, damage: str, thing: str):
    plant(shop, damage)

    said = onhand("doctor")

    assert said.status == 1
    assert f"finding: {thing} {what}" in said.out
    assert "books balance" not in said.out


def test_every_audit_has_a_damage_that_it_finds():
    assert DAMAGE.keys() == audit.AUDITS.keys()


def test_the_doctor_finds_a_row_that_points_to_nowhere(onhand: Onhand, shop: Path):
    plant(shop, "UPDATE order_line SET product = 99 WHERE product = 2")

    said = onhand("doctor")

    assert said.status == 1
    assert [line for line in said.out if line.startswith("finding: the database: order_line, ")]


def test_the_doctor_finds_what_breaks_a_check(onhand: Onhand, shop: Path):
    plant(shop, "UPDATE product SET price_cents = -1 WHERE id = 1")

    said = onhand("doctor")

    assert said.status == 1
    assert said.out[:-1] == ["finding: the database: CHECK constraint failed in product"]


def test_the_doctor_finds_an_index_that_lies(onhand: Onhand, shop: Path):
    with closing(sqlite3.connect(shop, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'name_key', 'sku') "
            "WHERE name = 'product_name'"
        )

    said = onhand("doctor")

    assert said.status == 1
    assert [line for line in said.out if "product_name" in line]


@pytest.mark.parametrize("name", ["stock_event", "order_line", "product_name", "orders"])
def test_the_doctor_finds_a_page_that_was_torn(onhand: Onhand, shop: Path, name: str):
    with closing(sqlite3.connect(shop)) as connection:
        ((page,),) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", [name]
        ).fetchall()
    content = bytearray(shop.read_bytes())
    content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    shop.write_bytes(content)

    said = onhand("doctor")

    assert said.status == 1
    assert [line for line in said.out if line.startswith("finding: the database: ")]
    assert "books balance" not in said.out


def test_a_file_that_was_cut_is_refused_in_one_sentence(onhand: Onhand, shop: Path):
    shop.write_bytes(shop.read_bytes()[: 4096 * 20])

    said = onhand("doctor")

    assert (said.status, said.out) == (1, [])
    assert said.err == [f"onhand: {shop} cannot be opened: database disk image is malformed."]


def test_the_doctor_changes_nothing(onhand: Onhand, shop: Path):
    plant(shop, "UPDATE stock_level SET on_hand = 9 WHERE product = 1")
    before = shop.read_bytes()

    onhand("doctor")

    assert shop.read_bytes() == before
