"""C9: a migration that is cut, at any point: the old shop or the new one, never half of one."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from app.backups.checking import check
from tests import books
from tests.faults.points import fails_from, killed_at, points, skip_without_strace
from tests.server import ONHAND, ROOT, environment, onhand

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]

PRODUCTS, EVENTS_EACH = 100_000, 10
GROW = f"""
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PRODUCTS})
    INSERT INTO product (sku, sku_key, name, name_key, found_by, category, price_cents, archived,
        updated_at)
    SELECT 'P' || i, 'p' || i, 'Product', 'product', 'product', '', 100, 0,
        '2026-11-01 09:00:00+00:00' FROM n;
    INSERT INTO stock_level (product, on_hand, reserved, reorder_point)
    SELECT id, {EVENTS_EACH}, 0, 0 FROM product WHERE sku LIKE 'P%';
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {EVENTS_EACH})
    INSERT INTO stock_event (product, kind, on_hand_change, reserved_change, on_hand, reserved,
        note, actor, happened_at)
    SELECT id, 'received', 1, 0, i, 0, '', 'till', '2026-11-01 09:00:00+00:00'
    FROM n, product WHERE sku LIKE 'P%' ORDER BY i, id;
"""


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop as the first version left it."""
    path = tmp_path_factory.mktemp("older") / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((ROOT / "tests/data/shop-2026-11-21.sql").read_text())
    return path


@pytest.fixture
def shop(older: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(older, tmp_path / "shop.sqlite"))


def steps(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM migration").fetchone()[0])


def tables(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {str(sql) for (sql,) in connection.execute("SELECT sql FROM sqlite_master")}


@pytest.fixture(scope="module")
def whole(older: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What becomes of it when nothing happens."""
    path = tmp_path_factory.mktemp("whole") / "shop.sqlite"
    shutil.copy(older, path)
    assert onhand(path, "migrate").returncode == 0
    return path


@pytest.fixture
def is_old_or_new(older: Path, whole: Path) -> Callable[[Path], str]:
    """Which of the two a shop is, and that it is nothing in between."""
    shapes = {(steps(path), frozenset(tables(path))): path for path in (older, whole)}

    def which(database: Path) -> str:
        path = shapes[steps(database), frozenset(tables(database))]
        return "new" if path == whole else "old"

    return which


def is_finished_by_a_second_run(database: Path) -> None:
    again = onhand(database, "migrate")
    assert again.returncode == 0, again.stderr
    content = check(database)
    assert (content.lacks, content.findings) == ([], [])
    books.balance(database)


def kept(database: Path) -> list[Path]:
    return sorted((database.parent / "backups").glob("*.sqlite"))


def test_a_migration_killed_at_any_point_is_not_half_done(
    shop: Path, older: Path, thorough: int, is_old_or_new: Callable[[Path], str]
):
    skip_without_strace()
    found = set()

    for point in points(thorough, shop, "migrate"):
        shutil.rmtree(shop.parent / "backups", ignore_errors=True)
        for path in shop.parent.glob("shop.sqlite*"):
            path.unlink()
        shutil.copy(older, shop)
        if not killed_at(point, shop, "migrate"):
            continue
        which = is_old_or_new(shop)
        found.add(which)
        if which == "new":
            assert check(kept(shop)[0]).lacks, "it was changed before there was a backup"
        is_finished_by_a_second_run(shop)
        assert check(kept(shop)[-1])

    assert found == {"old", "new"} if thorough > 1 else found


def test_a_migration_on_a_disk_that_is_full_changes_nothing(
    shop: Path, thorough: int, is_old_or_new: Callable[[Path], str]
):
    skip_without_strace()

    for nth in range(1, 90) if thorough > 1 else (2, 40):
        if not fails_from(nth, shop, "migrate"):
            break
        assert is_old_or_new(shop) == "old"

    is_finished_by_a_second_run(shop)


def test_two_migrations_at_once_are_one(shop: Path, is_old_or_new: Callable[[Path], str]):
    running = [
        subprocess.Popen(
            [*ONHAND, "migrate"],
            cwd=shop.parent,
            env=environment(shop),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in running]
    statuses = sorted(process.returncode for process in running)

    if statuses == [0, 1]:
        assert any("is in use by a server or by another command" in err for _, err in said)
    else:  # one after the other
        assert sorted(out.splitlines()[-1] for out, _ in said) == [
            "brought up to date",
            "up to date already",
        ]
    assert is_old_or_new(shop) == "new"
    assert len(kept(shop)) == 1
    is_finished_by_a_second_run(shop)


def test_a_large_shop_is_killed_at_random_while_it_is_brought_up_to_date(
    shop: Path, thorough: int, is_old_or_new: Callable[[Path], str]
):
    if thorough == 1:
        pytest.skip("takes minutes: --thorough 10")
    with closing(sqlite3.connect(shop)) as connection:
        connection.executescript(GROW)
    random, began = Random(9), monotonic()
    large = shop.with_name("large.sqlite")
    shutil.copy(shop, large)
    assert onhand(shop, "migrate").returncode == 0
    took = monotonic() - began
    found = []

    for _ in range(thorough):
        shutil.rmtree(shop.parent / "backups", ignore_errors=True)
        for path in shop.parent.glob("shop.sqlite*"):
            path.unlink()
        shutil.copy(large, shop)
        process = subprocess.Popen(
            [*ONHAND, "migrate"],
            env=environment(shop),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        sleep(random.uniform(0.3, took))
        process.kill()
        process.wait()
        found.append(is_old_or_new(shop))

    is_finished_by_a_second_run(shop)
    print(f"{took:.1f} s whole; killed {found}")  # noqa: T201
