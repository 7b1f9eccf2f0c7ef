"""The shop and its model side by side: whatever is asked, both do it, or both refuse."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import uvloop
from hypothesis.stateful import RuleBasedStateMachine

from app import clock
from app.database import DB
from app.errors import Refusal
from app.orders import queries
from tests import books, shops
from tests.database import notes
from tests.models.operations import Operation
from tests.models.shop import Product, Refused
from tests.models.undo import Shop

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROBIN = 1
CLERKS = {ROBIN: "Robin", 2: "Sam"}
SKUS = ["MUG", "BOWL", "CUP"]
LIKELY = 9  # of ten choices, so many are sensible

Model = Callable[[Operation], Any]


_numbers = count(1)


class Pair(RuleBasedStateMachine):
    empty: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(NOON)
        self.path = self.folder / f"shop-{next(_numbers)}.sqlite"  # what is known is known by path
        for file in self.folder.glob("shop-*"):
            shops.discard(file)
            file.unlink()
        shops.copy(self.empty, self.path)
        DB.shop = shops.address(self.path)
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.runner.run(DB.open(checkpoints=False))
        if shops.IS_SQLITE:
            notes.writer().execute("PRAGMA synchronous = OFF")  # no power cut here
        self.beside = shops.Beside(self.path)

    def teardown(self) -> None:
        self.beside.close()
        self.runner.run(DB.close())
        self.runner.close()
        books.balance(self.path)

    def run(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        async def answer() -> Any:
            return await ask()

        with clock.at(self.shop.now):
            return self.runner.run(answer())

    def both(self, by: int | str, act: Callable[[], Awaitable[Any]], model: Model) -> None:
        """Do it here and there: both do it, or both refuse for the same reason."""
        said = expected = None
        try:
            self.run(act)
        except Refusal as refusal:
            said = refusal
            shops.number_again(self.path)
        try:
            with self.shop.acts(by if isinstance(by, str) else CLERKS[by]) as operation:
                model(operation)
        except Refused as refused:
            expected = refused
        assert (said and said.kind) == (expected and expected.kind), (said, expected)

    # What is asked about: mostly something sensible

    def id_of(self, sku: str) -> int:
        return SKUS.index(sku) + 1

    def order(self, which: int, status: str) -> int:
        """One of the newest orders, mostly of this status, rarely one that never was."""
        numbers = sorted(self.shop.orders, reverse=True)
        likely = [n for n in numbers if self.shop.status(n) == status]
        if which < LIKELY and likely:
            return likely[which % len(likely)]
        return numbers[which % len(numbers)] if which <= LIKELY and numbers else 999

    def line(self, which: int, lines: Iterable[Product]) -> str:
        """Mostly the SKU of one of the lines."""
        likely = [product.sku for product in lines]
        return likely[which % len(likely)] if which < LIKELY and likely else SKUS[which % 3]

    def lines_of(self, number: int) -> Iterable[Product]:
        return self.shop.orders[number].lines if number in self.shop.orders else ()

    def lines_at(self, clerk: int) -> Iterable[Product]:
        on_counter = self.shop.on_counter(clerk)
        return on_counter.lines if on_counter else ()

    def shown(self, clerk: int, *, is_stale: bool) -> tuple[int, int]:
        """What a clerk's screen shows; without anything there, the newest hold."""
        cart = self.run(lambda: queries.cart(clerk))
        if cart is None:
            return self.order(0, "open"), 0
        return cart.id, cart.revision - is_stale
