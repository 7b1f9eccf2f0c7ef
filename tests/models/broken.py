"""Rules of the shop, broken on purpose: whoever compares the shop with its model has to notice."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from app.database import Arg, Prepared
from app.orders.actions import closing, completing, expiring, reopening
from app.orders.tables import Order, OrderStatus
from app.stock import actions as stock
from app.stock import log
from app.stock.actions import ledger, moving, undoing
from app.stock.queries import Level
from app.stock.tables import StockLevel

Break = Callable[[pytest.MonkeyPatch], None]
OF_ORDER = Order.id == Arg("order")


async def _nothing(*_: object, **__: object) -> None:
    """There never was any."""


def sell_what_is_not_there(patch: pytest.MonkeyPatch) -> None:
    changes: dict[Any, Any] = {
        StockLevel.on_hand: StockLevel.on_hand + Arg("on_hand"),
        StockLevel.reserved: StockLevel.reserved + Arg("reserved"),
    }
    after = (StockLevel.on_hand, StockLevel.reserved, StockLevel.reorder_point)
    moved = StockLevel.update(changes).where(StockLevel.product == Arg("product"))
    patch.setattr(ledger, "_MOVE", Prepared(moved.returning(*after), ledger.After))


def release_twice(patch: pytest.MonkeyPatch) -> None:
    once = stock.release

    async def twice(quantities: Mapping[int, int], **given: Any) -> dict[int, int]:
        await once(quantities, **given)
        return await once(quantities, **given)

    patch.setattr(stock, "release", twice)


def let_holds_expire_at_once(patch: pytest.MonkeyPatch) -> None:
    held = Order.select(Order.id).where(Order.status == OrderStatus.OPEN)
    due = Prepared(held.order_by(Order.expires_at).limit(50), lambda hold: expiring._Due(hold, 1))
    patch.setattr(expiring, "_DUE", due)
    over = Order.update({Order.status: OrderStatus.EXPIRED, Order.closed_at: Arg("now")})
    patch.setattr(closing, "_EXPIRE", Prepared(over.where(OF_ORDER).returning(Order.id), int))


def hand_over_what_is_over(patch: pytest.MonkeyPatch) -> None:
    sold = Order.update({Order.status: OrderStatus.COMPLETED, Order.completed_at: Arg("now")})
    held = sold.where(OF_ORDER, Order.status == OrderStatus.OPEN)
    patch.setattr(completing, "_HAND_OVER", Prepared(held.returning(Order.id), int))


def undo_what_was_counted_since(patch: pytest.MonkeyPatch) -> None:
    blind = SimpleNamespace(counted_after=_nothing, taken_after=log.taken_after)
    patch.setattr(undoing, "log", blind)


def undo_what_changed_since(patch: pytest.MonkeyPatch) -> None:
    blind = SimpleNamespace(
        later_event_of_order=_nothing, first_event_of_order=log.first_event_of_order
    )
    patch.setattr(reopening, "log", blind)


def count_as_of_now(patch: pytest.MonkeyPatch) -> None:
    async def now(_: int, level: Level) -> int:
        return level.on_hand

    patch.setattr(moving, "_on_hand_at", now)


RULES: list[Break] = [
    sell_what_is_not_there,
    release_twice,
    let_holds_expire_at_once,
    hand_over_what_is_over,
    undo_what_was_counted_since,
    undo_what_changed_since,
    count_as_of_now,
]
