import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from piccolo.apps.migrations.tables import Migration

from app.database import DB
from app.database.migrate import migrate, missing, unknown
from tests import make
from tests.database import notes

pytestmark = pytest.mark.sqlite

TOO_LARGE = 2**63


@pytest.fixture
async def fresh(shop: Path, tmp_path: Path) -> AsyncIterator[Path]:
    """A database with nothing in it, open."""
    await DB.close()
    DB.shop = str(tmp_path / "fresh.sqlite")
    await DB.open()
    yield Path(DB.shop)
    await DB.close()


def schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY type, name"
        ).fetchall()


async def test_a_fresh_database_takes_every_step(fresh: Path):
    steps = await missing()

    done = await migrate()

    assert done == steps
    assert len(steps) >= 9
    assert await missing() == []
    await make.product("MUG-BLUE", on_hand=3)


async def test_a_second_run_does_nothing(fresh: Path):
    await migrate()
    before = schema(fresh)

    again = await migrate()

    assert again == []
    assert schema(fresh) == before


async def test_a_step_that_fails_leaves_nothing_of_any_step(fresh: Path):
    """An index of the orders cannot be made here: its name is taken by a table."""
    await DB.run(DB.fetch, "CREATE TABLE orders_cart (in_the_way INTEGER)")
    before = schema(fresh)

    with pytest.raises(sqlite3.OperationalError, match="orders_cart"):
        await migrate()

    assert schema(fresh) == before
    assert [name for _, name, _ in before] == ["orders_cart"]


async def test_after_a_step_that_failed_the_next_run_takes_them_all(fresh: Path):
    steps = await missing()
    await DB.run(DB.fetch, "CREATE TABLE orders_cart (in_the_way INTEGER)")
    with pytest.raises(sqlite3.OperationalError):
        await migrate()
    await DB.run(DB.fetch, "DROP TABLE orders_cart")

    assert await migrate() == steps


async def test_a_step_and_its_record_are_one(fresh: Path, monkeypatch: pytest.MonkeyPatch):
    """Piccolo records a step in another transaction than the step; a program may die between."""

    def die(*_: object) -> None:
        raise RuntimeError("killed before the record")

    steps = await missing()
    with monkeypatch.context() as patch:
        patch.setattr(Migration, "insert", die)
        with pytest.raises(RuntimeError, match="killed before the record"):
            await migrate()

    assert schema(fresh) == []
    assert await migrate() == steps


async def test_a_step_of_a_newer_program_is_noticed(shop: Path):
    assert await unknown() == []

    await DB.run(
        DB.fetch,
        "INSERT INTO migration (name, app_name, ran_on) VALUES ('2030', 'stock', '2030-01-01')",
    )

    assert await unknown() == ["stock 2030"]


@pytest.mark.parametrize(
    "change",
    [
        "on_hand = -1",
        "on_hand = 2.5",
        "on_hand = 'five'",
        "on_hand = '5.0x'",
        "on_hand = NULL",
        f"on_hand = {TOO_LARGE}",
        "on_hand = 9223372036854775807 + 1",
        "on_hand = 1000000001",
        "on_hand = x'05'",
        "reserved = -1",
        "reserved = 0.5",
        "reserved = 'x'",
        "reserved = 6",  # of 5
        "on_hand = 1",  # of which 2 are reserved
        "reorder_point = -1",
        "reorder_point = 1000001",
    ],
)
async def test_the_database_itself_refuses_a_level_that_cannot_be(shop: Path, change: str):
    mug = await make.product(on_hand=5)
    await DB.run(DB.fetch, "UPDATE stock_level SET reserved = 2")

    with pytest.raises(sqlite3.IntegrityError, match=r"CHECK|NOT NULL"):
        await DB.run(DB.fetch, f"UPDATE stock_level SET {change}")

    assert await DB.fetch("SELECT product, on_hand, reserved FROM stock_level") == [(mug, 5, 2)]
    await DB.run(DB.fetch, "UPDATE stock_level SET reserved = 0")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("on_hand_change", "0.5"),
        ("on_hand_change", "'x'"),
        ("on_hand_change", "-1000000001"),
        ("reserved_change", f"{TOO_LARGE}"),
        ("on_hand", "-1"),
        ("reserved", "-1"),
    ],
)
async def test_the_database_itself_refuses_an_event_that_cannot_be(
    shop: Path, column: str, value: str
):
    mug = await make.product(on_hand=5)
    columns = {"on_hand_change": "0", "reserved_change": "0", "on_hand": "5", "reserved": "0"}
    columns[column] = value

    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await DB.run(
            DB.fetch,
            f"INSERT INTO stock_event (product, kind, note, actor, happened_at, "
            f"{', '.join(columns)}) VALUES ({mug}, 'counted', '', 'test', '2026-01-01', "
            f"{', '.join(columns.values())})",
        )

    assert await DB.fetch("SELECT count(*) FROM stock_event") == [(1,)]


@pytest.mark.parametrize(
    "line",
    [
        "quantity = 0",
        "quantity = 1.5",
        "quantity = 1000001",
        "unit_price_cents = -1",
        "unit_price_cents = 3.5",
        "returned = 3",  # of 2
        "returned = -1",
    ],
)
async def test_the_database_itself_refuses_an_order_line_that_cannot_be(shop: Path, line: str):
    mug = await make.product(on_hand=5)
    order = "INSERT INTO orders (status, actor, reference, customer, total_cents, revision, "
    order += "created_at) VALUES ('draft', 'test', '', '', 0, 0, '2026-01-01') RETURNING id"
    ((order_id,),) = await DB.run(DB.fetch, order)
    await DB.run(
        DB.fetch,
        'INSERT INTO order_line ("order", product, quantity, unit_price_cents, returned, position) '
        f"VALUES ({order_id}, {mug}, 2, 350, 0, 0)",
    )

    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await DB.run(DB.fetch, f"UPDATE order_line SET {line}")

    assert await DB.fetch("SELECT quantity, unit_price_cents, returned FROM order_line") == [
        (2, 350, 0)
    ]


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE stock_event SET on_hand_change = 6",
        "UPDATE stock_event SET note = 'better'",
        "DELETE FROM stock_event",
        "INSERT OR REPLACE INTO stock_event SELECT id, product, kind, 6, reserved_change, on_hand, "
        "reserved, reason, note, order_id, actor, happened_at, operation, undoes FROM stock_event",
        "UPDATE OR REPLACE stock_event SET id = id + 1",
    ],
)
async def test_an_event_is_never_changed_or_deleted(shop: Path, crime: str):
    await make.product(on_hand=5)
    await make.product(on_hand=7)
    before = await DB.fetch("SELECT * FROM stock_event")

    with pytest.raises(sqlite3.IntegrityError, match="stock_event is append-only"):
        await DB.run(DB.fetch, crime)

    assert await DB.fetch("SELECT * FROM stock_event") == before


async def test_another_program_cannot_change_an_event_either(shop: Path):
    await make.product(on_hand=5)

    with (
        closing(sqlite3.connect(shop)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="stock_event is append-only"),
    ):
        connection.execute("UPDATE stock_event SET on_hand_change = 6")


async def test_a_product_with_a_history_cannot_be_deleted(shop: Path):
    await make.product(on_hand=5)

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await DB.run(DB.fetch, "DELETE FROM product")

    assert await DB.fetch("SELECT count(*) FROM product") == [(1,)]


async def test_every_connection_is_as_safe_as_the_writer(shop: Path):
    safe = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}

    for name, value in safe.items():  # a synchronous of 2 is FULL
        assert notes.writer().execute(f"PRAGMA {name}").fetchone() == (value,)
        assert await DB.fetch(f"PRAGMA {name}") == [(value,)]
        for _ in range(2):  # one thread after the other
            assert await DB.scan(f"PRAGMA {name}") == [(value,)]
