"""A restore that is killed, at any point: the old shop or the restored one, never neither."""

import os
import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from app.backups.checking import check
from tests import books
from tests.faults.points import fails_from, killed_at, points, skip_without_strace
from tests.server import Server, onhand

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]


def tokens(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM api_token").fetchone()[0])


@pytest.fixture
def backup(tmp_path: Path) -> str:
    """Of a shop with one token. Of a second one the shop has since, only its WAL knows."""
    skip_without_strace()
    database, killed = tmp_path / "shop.sqlite", tmp_path / "killed"
    onhand(database, "token", "add", "one")
    (backup,) = onhand(database, "backup").stdout.splitlines()
    server = Server(database)
    onhand(database, "token", "add", "two")
    server.kill()
    killed.mkdir()
    for path in tmp_path.glob("shop.sqlite*"):
        shutil.copy(path, killed)
    return str(backup)


def begin_again(folder: Path) -> Path:
    """The shop as it was when its server was killed."""
    for path in folder.glob("*shop.sqlite*"):
        path.unlink()
    for path in (folder / "killed").iterdir():
        shutil.copy(path, folder)
    return folder / "shop.sqlite"


def test_a_restore_killed_at_any_point_leaves_the_old_shop_or_the_new_one(
    tmp_path: Path, backup: str, thorough: int
):
    found = set()

    for point in points(thorough, tmp_path / "shop.sqlite", "restore", backup):
        database = begin_again(tmp_path)
        if not killed_at(point, database, "restore", backup):
            continue
        assert os.path.exists(database)  # noqa: PTH110 - it is what an outsider would ask
        found.add(tokens(database))
        books.balance(database)

        again = onhand(database, "restore", backup)

        assert again.returncode == 0, again.stderr
        assert tokens(database) == 1
        assert 2 in {tokens(path) for path in tmp_path.glob("*.replaced-*")}
        assert check(database).findings == []
        assert {path.stat().st_nlink for path in tmp_path.glob("*shop.sqlite*")} == {1}

    assert found == {1, 2} if thorough > 1 else found <= {1, 2}


def test_a_restore_for_which_the_disk_has_no_room_leaves_the_shop_as_it_was(
    tmp_path: Path, backup: str, thorough: int
):
    """It fills up at the nth write."""
    failed = 0
    for nth in count(1, 1 if thorough > 1 else 40):
        database = begin_again(tmp_path)
        if not fails_from(nth, database, "restore", backup):
            break
        failed += 1
        assert tokens(database) == 2
        books.balance(database)
        assert [*tmp_path.glob("*.replaced-*"), *tmp_path.glob(".shop*")] == []

        later = onhand(database, "token", "add", "three")

        assert later.returncode == 0, later.stderr
        assert tokens(database) == 3

    assert failed > 0
    assert tokens(database) == 1
