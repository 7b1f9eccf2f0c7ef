"""A restore that is killed, at any point: the old shop or the restored one, never neither."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.backups.checking import check
from tests import books
from tests.faults.points import killed_at, points, skip_without_strace
from tests.server import Server, onhand

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]


def tokens(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM api_token").fetchone()[0])


def test_a_restore_killed_at_any_point_leaves_the_old_shop_or_the_new_one(
    tmp_path: Path, thorough: int
):
    skip_without_strace()
    database, killed = tmp_path / "shop.sqlite", tmp_path / "killed"
    onhand(database, "token", "add", "one")
    (backup,) = onhand(database, "backup").stdout.splitlines()
    server = Server(database)
    onhand(database, "token", "add", "two")
    server.kill()  # so that what came last is in the WAL only
    killed.mkdir()
    for path in tmp_path.glob("shop.sqlite*"):
        shutil.copy(path, killed)
    found = set()

    for point in points(thorough, database, "restore", backup):
        for path in tmp_path.glob("*shop.sqlite*"):
            path.unlink()
        for path in killed.iterdir():
            shutil.copy(path, tmp_path)
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

    assert found == {1, 2} if thorough > 1 else found <= {1, 2}
