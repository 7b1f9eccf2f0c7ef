"""Bringing a backup back on a disk that is too small: what is needed is looked at first."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.backups import restoring
from app.database import DB
from tests import books
from tests.commands.conftest import Onhand
from tests.faults.trial import Skipped
from tests.faults.trials.disk import small_disk

pytestmark = pytest.mark.sqlite

FULL = "onhand: The disk is full: make room, and try again."


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one."""
    try:
        with small_disk(tmp_path / "disk", 8) as disk:
            yield disk
    except Skipped as why:
        pytest.skip(str(why))


@pytest.fixture
def shop(disk: Path, empty_shop: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop of 3 MB on it."""
    path = disk / "shop.sqlite"
    shutil.copy(empty_shop, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE ballast AS SELECT zeroblob(3000000)")
        connection.commit()
    monkeypatch.setattr(DB, "shop", str(path))
    return path


@pytest.fixture
def backup(onhand: Onhand, shop: Path, tmp_path: Path) -> Path:
    """Of the shop before it had a token, elsewhere."""
    onhand("backup", str(tmp_path / "backup.sqlite"))
    onhand("token", "add", "till")
    return tmp_path / "backup.sqlite"


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it was looked at there was room enough."""
    monkeypatch.setattr(restoring, "check_room", lambda *_: None)


def tokens(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM api_token")]


def leave(disk: Path, free: int) -> None:
    """Fill it up to so many bytes."""
    with (disk / "ballast").open("wb") as ballast:
        ballast.write(bytes(shutil.disk_usage(disk).free - free))


def test_room_for_one_copy_is_enough(onhand: Onhand, shop: Path, backup: Path):
    assert shutil.disk_usage(shop.parent).free < 2 * shop.stat().st_size

    said = onhand("restore", str(backup))

    (aside,) = shop.parent.glob("shop.sqlite.replaced-*")
    assert (said.status, said.err) == (0, [])
    assert (tokens(shop), tokens(aside)) == ([], ["till"])
    books.balance(shop)


def test_where_there_is_no_room_it_is_refused_and_nothing_is_written(
    onhand: Onhand, shop: Path, backup: Path
):
    leave(shop.parent, 3_200_000)
    before = shop.read_bytes()
    names = sorted(shop.parent.iterdir())

    said = onhand("restore", str(backup))

    assert said.status == 1
    assert said.err == [
        f"onhand: There is no room for a copy in {shop.parent}: 3 MB are free, and with what has "
        "to stay free it takes 4 MB."
    ]
    assert shop.read_bytes() == before
    assert sorted(shop.parent.iterdir()) == names


@pytest.mark.parametrize("missing", [4_000_000, 1_000_000, 4_096, -8_192])
@pytest.mark.usefixtures("unchecked")
def test_a_disk_that_others_fill_meanwhile_leaves_the_shop_as_it_was(
    onhand: Onhand, shop: Path, backup: Path, missing: int
):
    """In the last one there is room for a copy, but none to bring it up to date."""
    leave(shop.parent, max(0, backup.stat().st_size - missing))
    names = sorted(shop.parent.iterdir())

    said = onhand("restore", str(backup))
    after = sorted(shop.parent.iterdir())
    (shop.parent / "ballast").unlink()
    later = onhand("token", "add", "another")

    assert (said.status, said.err) == (1, [FULL])
    assert after == names
    assert later.status == 0
    assert tokens(shop) == ["till", "another"]
    books.balance(shop)
