"""The shop does what a small model of it does, whatever clerks do and in any order.

After every step the log, the levels, the orders, the counters and the books agree. More of it with
``--thorough 20``.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.database import DB
from app.orders.actions import expiring
from tests.models.broken import RULES, Break
from tests.models.clerks import Clerks

EXAMPLES = 25
STEPS = 50

Play = Callable[..., None]


@pytest.fixture
def play(empty_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Let clerks work, so many times from the beginning."""
    monkeypatch.setattr(DB, "shop", DB.shop)
    monkeypatch.setattr(expiring, "LINES_AT_ONCE", 3)
    machine = type("Clerks", (Clerks,), {"empty": empty_shop, "folder": tmp_path})

    def run(examples: int, *, is_random: bool = False) -> None:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                derandomize=not is_random,
                deadline=None,
                database=None,
                phases=[Phase.generate, *([Phase.shrink] if is_random else [])],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )

    return run


def test_the_shop_does_what_the_model_does(play: Play, thorough: int):
    play(EXAMPLES * thorough, is_random=thorough > 1)


@pytest.mark.parametrize("break_it", RULES)
def test_a_rule_that_is_broken_is_found(
    play: Play, monkeypatch: pytest.MonkeyPatch, break_it: Break
):
    break_it(monkeypatch)

    with pytest.raises(
        (
            AssertionError,
            RuntimeError,
            ValueError,
            sqlite3.IntegrityError,
            asyncpg.IntegrityConstraintViolationError,
        )
    ):
        play(EXAMPLES)
