"""kill -9 under load: what was answered is in the shop, and nothing else is."""

import sys
from pathlib import Path
from random import Random

import pytest

from tests.faults.load import Load, kill_rounds

pytestmark = pytest.mark.fault

SLOW = (sys.executable, "-m", "tests.faults.careless", "serve")


def test_a_server_that_is_killed_loses_nothing_that_it_answered(
    tmp_path: Path, request: pytest.FixtureRequest
):
    load = Load(tmp_path / "shop.sqlite", Random(20261121))
    kills = request.config.getoption("--kills")

    kill_rounds(load, kills)

    load.audit()
    statuses = [wish.status for wish in load.wishes]
    assert statuses.count(201) > 20 * kills
    assert statuses.count(409) > 0
    assert any(wish.is_unknown for wish in load.wishes)  # the kills did hit something
    assert set(statuses) == {0, 201, 409}


def test_a_server_that_is_killed_on_a_slow_disk_loses_nothing_that_it_answered(tmp_path: Path):
    load = Load(tmp_path / "shop.sqlite", Random(20261121))

    kill_rounds(load, 2, program=SLOW)

    load.audit()
    assert any(wish.is_ok for wish in load.wishes)


def test_a_server_that_answers_before_its_commit_loses_orders(tmp_path: Path):
    """The losing control, by the same clients on the same slow disk."""
    load = Load(tmp_path / "shop.sqlite", Random(20261121))

    kill_rounds(load, 2, program=(*SLOW, "--careless"))

    assert len(load.lost()) > 0
