"""Two sweepers at one shop, and one that is killed: every hold is released once (A7)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.database import action
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests import books, make, shops
from tests.server import ROOT, environment

pytestmark = pytest.mark.fault

DUE = 5_000
PATIENCE = 300.0  # seconds for all of them, on a machine that has much else to do


@action
async def many_that_are_over() -> None:
    await make.product("MUG", on_hand=DUE + 1)
    with clock.at(clock.now() - timedelta(hours=1)):
        for n in range(DUE):
            lasts = timedelta(seconds=1 + n / DUE)
            await orders.place([Wanted("MUG", 1)], expires_in=lasts, actor="till")
    await orders.place([Wanted("MUG", 1)], expires_in=timedelta(hours=1), actor="till")


@pytest.fixture(scope="module")
def held(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.copy_with(many_that_are_over, empty_shop, tmp_path_factory.mktemp("over"))


@pytest.fixture
def path(held: Path, tmp_path: Path) -> Path:
    return shops.copy(held, tmp_path / "shop.sqlite")


Sweeper = subprocess.Popen[str]


@contextmanager
def sweepers(path: Path, number: int, *how: str) -> Iterator[list[Sweeper]]:
    """So many, ready and let loose at once; nobody goes on until all have begun."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.sweeping", *how],
                    cwd=ROOT,
                    env=environment(path),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(number)
        ]
        for sweeper in started:
            assert said_by(sweeper) == "ready"
        let_loose(started)
        let_loose([sweeper for sweeper in started if said_by(sweeper) == "begun"])
        yield started


def let_loose(started: list[Sweeper]) -> None:
    for sweeper in started:
        assert sweeper.stdin
        sweeper.stdin.write("\n")
        sweeper.stdin.flush()


def said_by(sweeper: Sweeper) -> str:
    assert sweeper.stdout
    return sweeper.stdout.readline().strip()


def expired_by(sweeper: Sweeper) -> int:
    """How many it says it has let expire when it ends."""
    said, _ = sweeper.communicate(timeout=PATIENCE)
    assert sweeper.returncode == 0
    return int(said.split()[-1]) if said else 0


def released(path: Path) -> list[tuple[int, int]]:
    """Holds that were released, and how often."""
    with shops.beside(path) as connection:
        return connection.rows(
            "SELECT order_id, count(*) FROM stock_event WHERE reason = 'expired' GROUP BY order_id"
        )


def all_is_released_once(path: Path) -> None:
    assert released(path) == [(order_id, 1) for order_id in range(1, DUE + 1)]
    with shops.beside(path) as connection:
        assert connection.rows("SELECT on_hand, reserved FROM stock_level") == [(DUE + 1, 1)]
        assert connection.rows(
            "SELECT status, count(*) FROM orders GROUP BY status ORDER BY status"
        ) == [("expired", DUE), ("open", 1)]
    books.balance(path)


def test_two_sweepers_at_once_release_every_hold_once(path: Path):
    with sweepers(path, 2) as (one, other):
        expired = [expired_by(one), expired_by(other)]
    with sweepers(path, 1) as (idle,):
        assert expired_by(idle) == 0

    assert sum(expired) == DUE
    assert min(expired) > 0  # they did meet
    all_is_released_once(path)


def test_two_who_end_what_they_have_seen_end_many_twice(path: Path):
    """The losing control."""
    with sweepers(path, 2, "careless") as (one, other):
        assert expired_by(one) + expired_by(other) > DUE


def test_what_a_killed_sweeper_has_left_another_releases(path: Path):
    with sweepers(path, 2) as (one, other):
        while int(said_by(one)) < DUE // 10:
            pass
        one.kill()
        by_other = expired_by(other)

    assert 0 < by_other < DUE
    all_is_released_once(path)
