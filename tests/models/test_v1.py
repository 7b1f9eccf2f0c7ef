"""/v1 does what a small model of the shop does, whatever it is asked and in any order.

After every step the log, the levels, the orders and the books agree. More of it with
``--thorough 20``.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.database import DB, Arg, Prepared
from app.orders.actions import closing, completing, holding
from app.orders.tables import Order, OrderStatus
from app.stock.actions import ledger
from app.stock.tables import StockLevel
from tests.models.programs import Programs

EXAMPLES = 10
STEPS = 30

Play = Callable[[int], None]


@pytest.fixture
def play(empty_shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Let programs ask, so many times from the beginning."""
    monkeypatch.setattr(DB, "shop", DB.shop)
    machine = type("Programs", (Programs,), {"empty": empty_shop, "folder": tmp_path})

    def run(examples: int) -> None:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                derandomize=True,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )

    return run


def test_v1_does_what_the_model_does(play: Play, thorough: int):
    play(EXAMPLES * thorough)


# Each of these rules is broken on purpose: the programs find it, as often as they ask anyway

OF_ORDER = Order.id == Arg("order")


def sell_what_is_not_there() -> Prepared[Any]:
    changes: dict[Any, Any] = {
        StockLevel.on_hand: StockLevel.on_hand + Arg("on_hand"),
        StockLevel.reserved: StockLevel.reserved + Arg("reserved"),
    }
    after = (StockLevel.on_hand, StockLevel.reserved, StockLevel.reorder_point)
    moved = StockLevel.update(changes).where(StockLevel.product == Arg("product"))
    return Prepared(moved.returning(*after), ledger.After)


def end_what_has_ended() -> Prepared[Any]:
    ended = Order.update({Order.status: OrderStatus.CANCELLED, Order.closed_at: Arg("now")})
    return Prepared(ended.where(OF_ORDER).returning(Order.id, Order.completed_at), closing._Closed)


def hand_over_what_is_over() -> Prepared[Any]:
    sold = Order.update({Order.status: OrderStatus.COMPLETED, Order.completed_at: Arg("now")})
    return Prepared(sold.where(OF_ORDER, Order.status == OrderStatus.OPEN).returning(Order.id), int)


def hold_what_is_over() -> Prepared[Any]:
    held = Order.update({Order.expires_at: Arg("expires_at")})
    return Prepared(held.where(OF_ORDER, Order.status == OrderStatus.OPEN).returning(Order.id), int)


async def say_nothing(*_: object, **__: object) -> None:
    """No alert."""


BROKEN = {
    "sell what is not there": (ledger, "_MOVE", sell_what_is_not_there()),
    "say nothing of what runs low": (ledger, "alert", say_nothing),
    "end what has ended": (closing, "_CANCEL", end_what_has_ended()),
    "hand over what is over": (completing, "_HAND_OVER", hand_over_what_is_over()),
    "hold what is over": (holding, "_EXTEND", hold_what_is_over()),
}


@pytest.mark.parametrize(("module", "name", "broken"), BROKEN.values(), ids=BROKEN)
def test_a_rule_that_is_broken_is_found(
    play: Play, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, broken: Any
):
    monkeypatch.setattr(module, name, broken)

    with pytest.raises(
        (
            AssertionError,
            RuntimeError,
            sqlite3.IntegrityError,
            asyncpg.IntegrityConstraintViolationError,
        )
    ):
        play(EXAMPLES)
