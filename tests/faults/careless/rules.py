"""Bugs in what the program does, whichever its database."""

import os
from time import monotonic
from typing import NamedTuple

from app import sweeper
from app.commands import serve
from app.database import DB, pool
from app.idempotency import once
from app.live.hub import hub
from app.stock.actions import ledger, promising
from app.stock.actions.ledger import After
from tests.faults.careless.bugs import bug, put

LOOKED = 0.05  # seconds for which somebody believes what he saw


class Seen(NamedTuple):
    level: After
    until: float


class Remembered:
    """Looks at a level, believes it for a moment, and writes what it should become."""

    def __init__(self) -> None:
        self._seen: dict[int, Seen] = {}

    async def first(
        self, *, product: int, on_hand: int, reserved: int, needed: int
    ) -> After | None:
        seen = self._seen.get(product)
        if seen is None or seen.until < monotonic():
            (row,) = await DB.fetch(
                "SELECT on_hand, reserved, reorder_point FROM stock_level "
                f"WHERE product = {product}"
            )
            seen = self._seen[product] = Seen(After(*row), monotonic() + LOOKED)
        level = seen.level
        if level.on_hand - level.reserved < needed or level.reserved + reserved < 0:
            return None
        after = After(level.on_hand + on_hand, level.reserved + reserved, level.reorder_point)
        await DB.fetch(
            f"UPDATE stock_level SET on_hand = {after.on_hand}, reserved = {after.reserved} "
            f"WHERE product = {product}"
        )
        return after


@bug
def remembers() -> None:
    """Check and change are two statements, and some time lies between them."""
    put(ledger, _MOVE=Remembered())


@bug
def unsorted() -> None:
    """Levels are locked in the order of the cart."""
    put(promising, sorted=list)


@bug
def forgets() -> None:
    """What was answered under a key is not kept."""

    async def store(*_: object) -> None:
        return None

    put(once, _store=store)


@bug
def blunt() -> None:
    """Whatever the database cannot do now is taken for a bug."""
    put(type(DB), is_passing=lambda *_: False)


@bug
def unswept() -> None:
    """Nobody ends a hold whose time is over."""
    put(sweeper, CHORES=())


@bug
def abrupt() -> None:
    """It ends at once when it is asked to."""

    def end(*_: object) -> None:
        os._exit(0)

    put(serve, _stop=end)


@bug
def deaf() -> None:
    """Streams stay open when it is asked to end."""
    put(hub, close=lambda: None)


@bug
def unflushed() -> None:
    """PostgreSQL says done before it is on the disk."""
    pool.SETTINGS["synchronous_commit"] = "off"
