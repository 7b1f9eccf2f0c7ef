"""Making a shop, bringing it up to date, letting people and programs in, copying it."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.commands import shop
from app.database import DB
from app.database.lock import only_one
from tests import books, make
from tests.commands.conftest import Onhand

pytestmark = pytest.mark.sqlite


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(sql)
        connection.commit()


@pytest.fixture
def busy(database: Path) -> Iterator[None]:
    """Somebody serves the shop, or a long import is at work on it: the lock cannot tell which."""
    with only_one(str(database)):
        yield


def test_without_a_command_the_help_is_shown(onhand: Onhand, database: Path):
    said = onhand()

    assert said.status == 0
    assert said.out[0] == "usage: onhand [-h] COMMAND ..."
    assert {"serve", "migrate", "demo", "import", "clerk", "token", "doctor", "backup"} <= {
        line.split()[0] for line in said.out if line.startswith("    ")
    }
    assert not database.exists()


@pytest.mark.parametrize("words", [["sell"], ["token"], ["clerk", "add"], ["serve", "--port", "x"]])
def test_a_command_that_is_not_understood_is_no_success(
    onhand: Onhand, database: Path, words: list[str]
):
    with pytest.raises(SystemExit) as end:
        onhand(*words)

    assert end.value.code == 2
    assert not database.exists()


def test_migrate_makes_a_shop_and_the_second_time_says_that_it_is_there(
    onhand: Onhand, database: Path
):
    first = onhand("migrate")
    again = onhand("migrate")

    assert first.status == again.status == 0
    assert first.out[-1] == "brought up to date"
    assert len(first.out) > 9  # and each step before it
    assert again.out == ["up to date already"]
    assert again.err == first.err == []
    books.balance(database)


def test_a_new_shop_is_for_its_owners_eyes_only(onhand: Onhand, database: Path):
    onhand("token", "add", "till")

    assert {path.name: oct(path.stat().st_mode & 0o777) for path in database.parent.iterdir()} == {
        "shop.sqlite": "0o600",
        "shop.sqlite.lock": "0o600",
    }


def test_a_shop_that_lacks_a_step_is_copied_before_it_is_changed(onhand: Onhand, database: Path):
    onhand("migrate")
    change(database, "DELETE FROM migration WHERE app_name = 'idempotency'")
    change(database, "DROP TABLE answer")

    said = onhand("migrate")

    (copy,) = database.parent.glob("backups/shop-*-before-upgrade.sqlite")
    assert said.status == 0
    assert said.err == [f"onhand: brought up to date; as it was before, it is in {copy}"]
    assert said.out[-1] == "brought up to date"
    assert all(line.startswith("idempotency ") for line in said.out[:-1])
    assert rows(copy, "SELECT count(*) FROM sqlite_master WHERE name = 'answer'") == [(0,)]
    assert rows(database, "SELECT count(*) FROM sqlite_master WHERE name = 'answer'") == [(1,)]


def test_a_step_that_fails_is_one_line_and_changes_nothing(onhand: Onhand, database: Path):
    onhand("migrate")
    change(database, "DELETE FROM migration WHERE app_name = 'idempotency'")
    before = rows(database, "SELECT sql FROM sqlite_master")

    said = onhand("migrate")

    assert said.status == 1
    assert said.out == []
    assert said.err == ['onhand: table "answer" already exists']
    assert rows(database, "SELECT sql FROM sqlite_master") == before


def test_the_database_of_another_program_is_refused_and_not_touched(onhand: Onhand, database: Path):
    change(database, "CREATE TABLE takings (monday INTEGER)")

    said = onhand("migrate")

    assert said == (1, [], [f"onhand: {database}: it is no shop of Onhand"])
    assert rows(database, "SELECT name FROM sqlite_master") == [("takings",)]


def test_a_shop_of_a_newer_onhand_is_refused(onhand: Onhand, database: Path):
    onhand("migrate")
    change(database, "INSERT INTO migration (name, app_name) VALUES ('2030', 'stock')")

    for command in (["migrate"], ["token", "add", "till"], ["doctor"]):
        said = onhand(*command)
        assert said.status == 1
        assert said.err == [f"onhand: {database} was made by a newer Onhand; use that one."]

    assert rows(database, "SELECT count(*) FROM api_token") == [(0,)]


def test_what_is_no_database_is_refused_and_not_touched(onhand: Onhand, database: Path):
    database.write_text("The takings of Monday: " + "12.50, " * 200)
    before = database.read_bytes()

    for command in (["migrate"], ["doctor"], ["clerk", "add", "Robin"]):
        said = onhand(*command)
        assert said.status == 1
        assert said.err == [f"onhand: {database} cannot be opened: file is not a database."]

    assert database.read_bytes() == before


@pytest.mark.parametrize("command", [["migrate"], ["serve"], ["token", "add", "till"]])
def test_a_folder_that_is_not_there_is_refused(
    onhand: Onhand, database: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
):
    folder = database.parent / "gone"
    monkeypatch.setattr(DB, "shop", str(folder / "shop.sqlite"))

    said = onhand(*command)

    assert (said.status, said.out) == (1, [])
    assert said.err == [f"onhand: There is no folder {folder}."]
    assert not folder.exists()


def test_a_token_stands_alone_and_lets_a_program_in(onhand: Onhand, database: Path):
    said = onhand("token", "add", "till")

    assert (said.status, said.err) == (0, [f"onhand: a new shop begins, in {database}"])
    (token,) = said.out
    assert re.fullmatch(r"onh_[A-Za-z0-9_-]{43}", token)
    assert rows(database, "SELECT name, scope FROM api_token") == [("till", "write")]
    assert token.encode() not in database.read_bytes()  # only its digest is kept


def test_a_token_may_be_for_reading_only(onhand: Onhand, database: Path):
    onhand("token", "add", "screen", "--scope", "read")

    assert rows(database, "SELECT name, scope FROM api_token") == [("screen", "read")]


@pytest.mark.parametrize(("args", "role"), [([], "clerk"), (["--role", "manager"], "manager")])
def test_a_link_stands_alone_and_lets_a_clerk_in(
    onhand: Onhand, database: Path, args: list[str], role: str
):
    said = onhand("clerk", "add", "Robin", *args)

    assert (said.status, said.err) == (0, [f"onhand: a new shop begins, in {database}"])
    (link,) = said.out
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/welcome/[A-Za-z0-9_-]{43}", link)
    assert rows(database, "SELECT name, role FROM welcome") == [("Robin", role)]


def test_a_link_for_somebody_who_is_here_says_what_it_is_for(onhand: Onhand):
    asyncio.run(let_robin_in())

    said = onhand("clerk", "add", "ROBIN", "--role", "manager")

    assert said.status == 0
    assert len(said.out) == 1
    assert said.err == [
        "Robin is here already: the link sets a new password, and leaves the role as it is."
    ]


async def let_robin_in() -> None:
    async with shop.alone():
        await make.clerk("Robin")


@pytest.mark.parametrize("command", ["token", "clerk"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "The name is missing."),
        ("  ", "The name is missing."),
        ("x" * 101, "The name can have 100 characters at most."),
        ("till\x07", "The name holds a character that cannot be shown."),
        ("till\u202e", "The name holds a character that cannot be shown."),
        ("till\udcff", "The name holds a character that cannot be shown."),
    ],
)
def test_a_name_that_cannot_be_is_one_sentence_and_lets_nobody_in(
    onhand: Onhand, database: Path, command: str, name: str, why: str
):
    said = onhand(command, "add", name)

    assert said == (1, [], [f"onhand: {why}"])
    assert not database.exists()


def test_a_name_is_kept_without_the_spaces_around_it(onhand: Onhand, database: Path):
    onhand("token", "add", " till ")
    onhand("clerk", "add", " Robin ")

    assert rows(database, "SELECT name FROM api_token") == [("till",)]
    assert rows(database, "SELECT name FROM welcome") == [("Robin",)]


@pytest.mark.usefixtures("busy")
def test_serve_migrate_and_demo_are_refused_while_the_shop_is_in_use(
    onhand: Onhand, database: Path
):
    for command in ("migrate", "demo", "serve"):
        said = onhand(command)

        assert said.status == 1
        assert said.out == []
        assert said.err == [f"onhand: {database} is in use by a server or by another command."]
    assert not database.exists()


def test_tokens_links_copies_and_audits_are_made_beside_a_server(onhand: Onhand, database: Path):
    onhand("migrate")

    with only_one(str(database)):
        said = [
            onhand("token", "add", "till"),
            onhand("clerk", "add", "Robin"),
            onhand("doctor"),
            onhand("backup", "copy.sqlite"),
        ]

    assert [one.status for one in said] == [0, 0, 0, 0]
    assert said[2].out == ["note: there is no good backup yet", "books balance"]
    assert said[3].out == ["copy.sqlite"]
    assert rows(database.parent / "copy.sqlite", "SELECT name FROM api_token") == [("till",)]


def test_a_backup_without_a_name_gets_one(onhand: Onhand, database: Path):
    onhand("token", "add", "till")

    said = onhand("backup")

    (copy,) = (database.parent / "backups").glob("*.sqlite")
    assert said == (0, [str(copy)], [])
    assert re.fullmatch(r"shop-\d{8}-\d{6}-asked\.sqlite", copy.name)
    assert (database.parent / "backups").stat().st_mode & 0o777 == 0o700
    books.balance(copy)


def test_a_backup_over_a_file_is_refused(onhand: Onhand, database: Path):
    onhand("migrate")
    (database.parent / "precious").write_text("last year")

    said = onhand("backup", "precious")

    assert (said.status, said.out) == (1, [])
    assert said.err == ["onhand: precious is there already."]
    assert (database.parent / "precious").read_text() == "last year"


@pytest.mark.parametrize("command", ["backup", "doctor"])
def test_where_there_is_no_shop_none_is_made(onhand: Onhand, database: Path, command: str):
    said = onhand(command)

    assert (said.status, said.out) == (1, [])
    assert said.err == [f"onhand: There is no shop at {database}."]
    assert not database.exists()
