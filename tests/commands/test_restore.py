"""Bringing a backup back: looked through first, what is replaced is kept, and it is one step."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from errno import ENOSPC, EPERM
from pathlib import Path

import pytest

from app import clock
from app.accounts import actions as accounts
from app.accounts.tables import Role
from app.backups import proof
from app.commands import shop as shops
from app.database import DB
from app.database.lock import note, only_one
from app.idempotency.once import Question, once
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests import books, make
from tests.commands.conftest import Onhand
from tests.server import ROOT

pytestmark = pytest.mark.sqlite


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def left_behind(database: Path) -> list[str]:
    """What a restore makes beside a shop."""
    made = (f".{database.name}.", f"{database.name}.replaced-")
    return sorted(path.name for path in database.parent.iterdir() if path.name.startswith(made))


def no_second_names(*_: Path) -> None:
    raise OSError(EPERM, os.strerror(EPERM))


def in_the_shop(do: Callable[[], Awaitable[object]]) -> None:
    async def alone() -> None:
        async with shops.alone():
            await do()

    asyncio.run(alone())


async def place() -> None:
    await orders.place([Wanted("MUG", 1)], actor="till")


@pytest.fixture
def backup(onhand: Onhand, database: Path) -> Path:
    """Of a shop with one order, two hours ago; it has sold two more since."""

    async def begin() -> None:
        with clock.at(clock.now() - timedelta(hours=2, minutes=5)):
            await make.product("MUG", on_hand=9)
            await place()
            await make.session(await make.clerk("Robin", Role.MANAGER))
            await accounts.invite("Priya")
            await accounts.add_token("till")
            await once(Question("token:1", "key", b"?"), place, status=201)

    in_the_shop(begin)
    (printed,) = onhand("backup").out
    in_the_shop(place)
    return Path(printed)


def test_a_backup_is_looked_through_and_takes_the_place_of_the_shop(
    onhand: Onhand, database: Path, backup: Path
):
    said = onhand("restore", str(backup))

    (aside,) = database.parent.glob("shop.sqlite.replaced-*")
    assert (said.status, said.err) == (0, [])
    assert said.out[0].startswith(f"{backup} is sound: 2 orders, the newest #2; the last entry 3 ")
    assert said.out[0].endswith(", 2 hours ago.")
    assert said.out[1] == f"restored; what was there before is kept in {aside}"
    assert rows(database, "SELECT max(id) FROM orders") == [(2,)]
    assert rows(aside, "SELECT max(id) FROM orders") == [(3,)]
    assert database.stat().st_mode & 0o777 == aside.stat().st_mode & 0o777 == 0o600
    books.balance(database)
    books.balance(aside)


def test_the_shop_that_is_replaced_is_not_copied(onhand: Onhand, database: Path, backup: Path):
    before = database.stat().st_ino

    onhand("restore", str(backup))

    (aside,) = database.parent.glob("shop.sqlite.replaced-*")
    assert aside.stat().st_ino == before
    assert (aside.stat().st_nlink, database.stat().st_nlink) == (1, 1)


def test_on_a_disk_that_knows_no_second_names_it_is_copied(
    onhand: Onhand, database: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Path, "hardlink_to", no_second_names)

    said = onhand("restore", str(backup))

    (aside,) = database.parent.glob("shop.sqlite.replaced-*")
    assert said.status == 0
    assert rows(database, "SELECT max(id) FROM orders") == [(2,)]
    assert rows(aside, "SELECT max(id) FROM orders") == [(3,)]
    assert aside.stat().st_mode & 0o777 == 0o600


def test_where_there_is_no_room_for_that_copy_the_shop_is_as_it_was(
    onhand: Onhand, database: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
):
    def half(path: Path, to: Path) -> None:
        to.write_bytes(path.read_bytes()[:5_000])
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    monkeypatch.setattr(Path, "hardlink_to", no_second_names)
    monkeypatch.setattr(shutil, "copyfile", half)

    said = onhand("restore", str(backup))

    assert (said.status, said.err) == (1, ["onhand: The disk is full: make room, and try again."])
    assert rows(database, "SELECT max(id) FROM orders") == [(3,)]
    assert left_behind(database) == []


def test_of_two_restores_in_one_second_both_keep_what_they_replaced(
    onhand: Onhand, database: Path, backup: Path
):
    with clock.at(clock.now()):
        for _ in range(2):
            onhand("restore", str(backup))

    kept = sorted(database.parent.glob("shop.sqlite.replaced-*"))
    assert [rows(path, "SELECT max(id) FROM orders") for path in kept] == [[(3,)], [(2,)]]


def test_what_a_killed_restore_left_is_cleared_by_the_next_command_and_nothing_else(
    onhand: Onhand, database: Path, backup: Path
):
    kept = database.with_name(f"{database.name}.replaced-20200101-000000")
    kept.write_text("last year")
    for name in (f"{database.name}.replaced-20261121-120000", "linked.sqlite"):
        (database.parent / name).hardlink_to(database)
    database.with_name(f".{database.name}.restoring").write_text("half")

    said = onhand("token", "add", "another")

    assert said.status == 0
    assert left_behind(database) == [kept.name]
    assert (database.parent / "linked.sqlite").samefile(database)
    assert kept.read_text() == "last year"
    assert rows(database, "SELECT max(id) FROM orders") == [(3,)]


def test_numbers_go_on_and_what_was_asked_before_is_answered_as_before(
    onhand: Onhand, database: Path, backup: Path
):
    onhand("restore", str(backup))
    replayed: list[bool] = []

    async def go_on() -> None:
        await place()
        answer = await once(Question("token:1", "key", b"?"), place, status=201)
        replayed.append(answer.is_replay)

    in_the_shop(go_on)

    assert rows(database, "SELECT id FROM orders ORDER BY id") == [(1,), (2,), (3,)]
    assert rows(database, "SELECT max(id) FROM stock_event") == [(4,)]
    assert replayed == [True]


def test_everybody_signs_in_again_and_programs_go_on(onhand: Onhand, database: Path, backup: Path):
    onhand("restore", str(backup))

    assert rows(database, "SELECT count(*) FROM session") == [(0,)]
    assert rows(database, "SELECT name FROM welcome WHERE used_at IS NULL") == []
    assert rows(database, "SELECT name FROM clerk") == [("Robin",)]
    assert rows(database, "SELECT name FROM api_token") == [("till",)]


def test_a_shop_that_is_gone_comes_back(onhand: Onhand, database: Path, backup: Path):
    database.unlink()

    said = onhand("restore", str(backup))

    assert (said.status, said.out[1:]) == (0, ["restored"])
    assert rows(database, "SELECT max(id) FROM orders") == [(2,)]


def test_a_shop_that_is_broken_is_kept_as_it_is(onhand: Onhand, database: Path, backup: Path):
    database.write_bytes(b"broken" * 1_000)
    Path(f"{database}-wal").write_bytes(b"of no use to anybody")

    said = onhand("restore", str(backup))

    (aside,) = database.parent.glob("*.replaced-*")
    assert said.status == 0
    assert aside.read_bytes() == b"broken" * 1_000
    assert not Path(f"{database}-wal").exists()
    assert rows(database, "SELECT max(id) FROM orders") == [(2,)]
    books.balance(database)


def test_an_older_backup_is_brought_up_to_date(onhand: Onhand, database: Path, backup: Path):
    older = database.parent / "older.sqlite"
    with closing(sqlite3.connect(older)) as connection:
        connection.executescript((ROOT / "tests/data/shop-2026-11-21.sql").read_text())

    said = onhand("restore", str(older))

    assert (said.status, said.err) == (0, [])
    assert onhand("migrate").out == ["up to date already"]
    assert onhand("doctor").out[-1] == "books balance"
    assert not Path(f"{older}-wal").exists()


def test_a_backup_on_a_disk_that_cannot_be_written_comes_back(
    onhand: Onhand, database: Path, backup: Path
):
    backup.chmod(0o400)
    backup.parent.chmod(0o500)
    before = sorted(backup.parent.iterdir())

    said = onhand("restore", str(backup))

    assert said.status == 0
    assert sorted(backup.parent.iterdir()) == before
    backup.parent.chmod(0o700)


def text(backup: Path) -> None:
    backup.write_text("The takings of Monday: " + "12.50, " * 200)


def half(backup: Path) -> None:
    os.truncate(backup, backup.stat().st_size // 2)


def newer(backup: Path) -> None:
    change(backup, "INSERT INTO migration (name, app_name) VALUES ('2030', 'stock')")


def unbalanced(backup: Path) -> None:
    change(backup, "UPDATE stock_level SET on_hand = 600")


def of_another_program(backup: Path) -> None:
    backup.unlink()
    change(backup, "CREATE TABLE takings (monday INTEGER)")


def change(backup: Path, sql: str) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute(sql)
        connection.commit()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (text, "{}: file is not a database"),
        (half, "{}: database disk image is malformed"),
        (newer, "{}: it was made by a newer Onhand; use that one"),
        (of_another_program, "{}: it is no shop of Onhand"),
        (
            unbalanced,
            "The books of {} do not balance: MUG (on hand 600, reserved 0; log 7, 0) differs from "
            "its log. With --unbalanced it is restored as it is.",
        ),
        (Path.unlink, "There is no backup at {}."),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_the_shop_is_as_it_was(
    onhand: Onhand, database: Path, backup: Path, damage: Callable[[Path], None], says: str
):
    proof.beside(backup).unlink()
    damage(backup)
    before = database.read_bytes()

    said = onhand("restore", str(backup))

    assert said.status == 1
    assert said.err == [f"onhand: {says.format(backup)}"]
    assert database.read_bytes() == before
    assert left_behind(database) == []


def test_a_backup_that_is_not_the_file_any_more_that_was_checked_is_refused(
    onhand: Onhand, database: Path, backup: Path
):
    change(backup, "UPDATE product SET name = 'Another mug'")
    before = database.read_bytes()

    said = onhand("restore", str(backup))

    assert said == (
        1,
        [],
        [f"onhand: {backup}: it is not the file any more that was checked when it was made"],
    )
    assert database.read_bytes() == before


def test_a_backup_whose_books_do_not_balance_comes_back_when_somebody_says_so(
    onhand: Onhand, database: Path, backup: Path
):
    proof.beside(backup).unlink()
    unbalanced(backup)

    said = onhand("restore", "--unbalanced", str(backup))

    assert said.status == 0
    assert said.out[0] == f"{backup} can be read."
    assert onhand("doctor").status == 1


@pytest.mark.usefixtures("backup")
def test_a_backup_of_books_that_do_not_balance_says_so(onhand: Onhand, database: Path):
    unbalanced(database)

    said = onhand("backup", "copy.sqlite")

    assert said == (
        0,
        ["copy.sqlite"],
        [
            "onhand: the copy is whole, but the books in it do not balance; "
            "`onhand doctor` says where"
        ],
    )
    assert Path("copy.sqlite").exists()


def test_a_shop_that_is_in_use_is_not_replaced(onhand: Onhand, database: Path, backup: Path):
    with only_one(str(database)):
        said = onhand("restore", str(backup))

    assert said == (1, [], [f"onhand: {database} is in use by a server or by another command."])
    assert rows(database, "SELECT max(id) FROM orders") == [(3,)]


def test_a_shop_that_another_program_reads_is_not_replaced(
    onhand: Onhand, database: Path, backup: Path
):
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM orders").fetchall()
        said = onhand("restore", str(backup))

    assert said.status == 1
    assert said.err == [f"onhand: {database} is in use by a server or by another command."]
    assert rows(database, "SELECT max(id) FROM orders") == [(3,)]
    assert left_behind(database) == []


def test_a_command_beside_a_restore_is_refused(onhand: Onhand, database: Path, backup: Path):
    with only_one(str(database)):
        note(DB.shop, shops.RESTORING)
        said = onhand("token", "add", "another")

    assert said.status == 1
    assert rows(database, "SELECT name FROM api_token") == [("till",)]


def test_the_shop_is_not_restored_from_itself(onhand: Onhand, database: Path, backup: Path):
    os.link(database, database.parent / "linked.sqlite")

    for name in ("shop.sqlite", "linked.sqlite"):
        said = onhand("restore", name)
        assert said == (1, [], [f"onhand: {name} is the shop itself."])
    assert rows(database, "SELECT max(id) FROM orders") == [(3,)]


def test_a_plain_copy_with_a_wal_beside_it_comes_back_whole(
    onhand: Onhand, database: Path, backup: Path, tmp_path: Path
):
    plain = tmp_path / "plain.sqlite"
    with closing(sqlite3.connect(database)) as open_shop:
        open_shop.execute("UPDATE product SET name = 'Another mug'")
        open_shop.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{database}{end}", f"{plain}{end}")

    said = onhand("restore", str(plain))

    assert said.status == 0
    assert rows(database, "SELECT name FROM product") == [("Another mug",)]
