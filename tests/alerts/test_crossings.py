"""One alert for each crossing of the reorder point, whatever moved the stock.

Stories are made up by hypothesis from everything that moves stock. What the log has to say is
worked out anew from its numbers alone, by code that shares nothing with the program.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from app import clock
from app.catalog import queries as catalog
from app.database import DB
from app.errors import Refusal
from app.orders import actions as orders
from app.orders import queries as orders_queries
from app.orders.actions import Back, Wanted
from app.orders.queries import Placed
from app.orders.tables import Condition
from app.stock import actions as stock
from app.stock import queries
from app.stock.actions import Facts, ledger
from app.stock.tables import AdjustmentReason
from tests import make, shops

LOST = AdjustmentReason.LOST
NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
HOLD = timedelta(minutes=5)


class Step(NamedTuple):
    """Something that happens: what, to which product or order, and how much of it."""

    what: str
    which: int
    units: int


class Alert(NamedTuple):
    """An alert in the log; nothing may stand between it and its cause."""

    id: int
    product: int
    kind: str


class Story:
    """A shop of three products to which things happen, one after the other."""

    def __init__(self, clerk: int) -> None:
        self.clerk = clerk
        self.products: list[int] = []
        self.held: list[Placed] = []
        self.sold: list[Placed] = []
        self.operations: list[int] = []
        self.points: list[tuple[int, int, int]] = []  # behind which event a point became which
        self.now = NOW

    async def product(self, on_hand: int, point: int) -> None:
        before = await queries.last_event()
        product = await make.product(on_hand=on_hand, reorder_point=point)
        self.products.append(product)
        self.points.append((before, product, point))

    async def happens(self, step: Step) -> bool:
        """Whether it was not refused."""
        before = await queries.last_event()
        product = self.products[step.which % len(self.products)]
        try:
            with clock.at(self.now):
                await STEPS[step.what](self, product, step)
        except Refusal:
            return False
        firsts = "SELECT id FROM stock_event WHERE id > ? AND operation IS NULL ORDER BY id"
        self.operations += [event for (event,) in await DB.fetch(firsts, [before])]
        return True

    async def place(
        self, product: int, step: Step, *, expires_in: timedelta | None = None
    ) -> Placed:
        """An order of that product, and one of another."""
        other = self.products[(self.products.index(product) + 1) % len(self.products)]
        wanted = [
            Wanted((await queries.level(p)).sku, n) for p, n in [(product, step.units), (other, 1)]
        ]
        order = await orders.place(wanted, expires_in=expires_in, actor="Robin")
        (self.held if expires_in else self.sold).append(order)
        return order

    async def hand_over(self, product: int, step: Step) -> None:
        order = self.held.pop() if self.held else await self.place(product, step, expires_in=HOLD)
        await orders.hand_over(order.id, actor="Robin")
        self.sold.append(order)

    async def release(self, product: int, step: Step) -> None:
        order = self.held[-1] if self.held else await self.place(product, step, expires_in=HOLD)
        await orders.release(order.id, product, min(step.units, 2), actor="Robin")

    async def cancel(self, product: int, step: Step) -> None:
        placed = self.held if step.which % 2 else self.sold
        order = placed.pop() if placed else await self.place(product, step)
        await orders.cancel(order.id, actor="Robin")

    async def take_back(self, product: int, step: Step, condition: Condition) -> None:
        order = self.sold[-1] if self.sold else await self.place(product, step)
        back = Back(order.lines[0].id, min(step.units, 2), condition)
        await orders.take_back(order.id, [back], actor="Robin")

    async def sell_what_was_found(self, product: int, step: Step) -> None:
        await orders.scan(product, step.units, clerk=self.clerk, actor="Robin")
        await orders.find(product, 2, clerk=self.clerk, is_manager=True)
        cart = await orders_queries.cart(self.clerk)
        assert cart
        await orders.complete(cart.id, cart.revision, clerk=self.clerk, actor="Robin")

    async def serve(self, product: int, step: Step) -> None:
        await orders.scan(product, step.units, clerk=self.clerk, actor="Robin")
        await orders.await_stock(
            product, step.units, customer="Kim", clerk=self.clerk, actor="Robin"
        )
        while await orders.serve_next():
            pass

    async def expire(self, _: int, __: Step) -> None:
        self.now += HOLD
        with clock.at(self.now):
            while await orders.expire_due():
                self.held.clear()

    async def set_point(self, product: int, step: Step) -> None:
        before = await queries.last_event()
        await stock.set_reorder_point(product, step.units, actor="Robin")
        self.points.append((before, product, step.units))

    async def edit(self, product: int, step: Step) -> None:
        before = await queries.last_event()
        was = Facts.of(await queries.level(product), await catalog.product(product))
        becomes = was._replace(reorder_point=step.units, name="Sky mug")
        await stock.edit_product(product, was=was, becomes=becomes, actor="Robin")
        self.points.append((before, product, step.units))

    async def undo(self, _: int, step: Step) -> None:
        if self.operations:
            operation = self.operations[-1 - step.which % len(self.operations)]
            await orders.undo(operation, clerk=self.clerk, actor="Robin")


Does = Callable[[Story, int, Step], Awaitable[object]]
STEPS: dict[str, Does] = {
    "receive": lambda _, p, s: stock.receive(p, s.units, actor="Robin"),
    "lose": lambda _, p, s: stock.adjust(p, -s.units, reason=LOST, actor="Robin"),
    "count": lambda _, p, s: stock.count(p, s.units, actor="Robin"),
    "set the point": Story.set_point,
    "edit": Story.edit,
    "add": lambda story, _, s: story.product(s.units, s.which),
    "sell": Story.place,
    "sell what was found": Story.sell_what_was_found,
    "hold": partial(Story.place, expires_in=HOLD),
    "hand over": Story.hand_over,
    "release": Story.release,
    "cancel": Story.cancel,
    "return": lambda story, p, s: story.take_back(p, s, Condition.SHELF),
    "return damaged": lambda story, p, s: story.take_back(p, s, Condition.DAMAGED),
    "serve": Story.serve,
    "expire": Story.expire,
    "undo": Story.undo,
}
STORIES = some.lists(
    some.builds(Step, some.sampled_from(sorted(STEPS)), some.integers(0, 5), some.integers(1, 9)),
    min_size=10,
    max_size=30,
)
ENOUGH = settings(max_examples=30, deadline=None, derandomize=True, database=None)


def told(path: Path, products: list[int]) -> list[Alert]:
    """The alerts that the log has of these products."""
    return [alert for alert in _alerts(path) if alert.product in products]


def _alerts(path: Path) -> list[Alert]:
    with shops.beside(path) as connection:
        return [
            Alert(*row)
            for row in connection.rows(
                "SELECT id, product, kind FROM stock_event "
                "WHERE kind IN ('low_stock', 'restocked') ORDER BY id"
            )
        ]


def due(path: Path, points: list[tuple[int, int, int]]) -> list[Alert]:
    """The alerts that the log should have: one behind each number that crosses its point."""
    moves: list[tuple[int, int, int | None, int | None]] = [
        (before, product, None, point) for before, product, point in points
    ]
    with shops.beside(path) as connection:
        moves += [
            (event, product, on_hand - reserved, None)
            for event, product, on_hand, reserved in connection.rows(
                "SELECT id, product, on_hand, reserved FROM stock_event "
                "WHERE kind NOT IN ('low_stock', 'restocked') ORDER BY id"
            )
        ]
    levels: dict[int, int] = {}
    limits: dict[int, int] = {}
    is_low: dict[int, bool] = {}
    alerts = []
    for event, product, available, point in sorted(moves, key=lambda move: move[0]):
        if available is not None:
            levels[product] = available
        if point is not None:
            limits[product] = point
        if product not in levels or product not in limits:
            continue
        low = levels[product] <= limits[product]
        if low != is_low.get(product, False):
            alerts.append(Alert(event + 1, product, "low_stock" if low else "restocked"))
        is_low[product] = low
    return alerts


@pytest.fixture
def run(empty_shop: Path, tmp_path: Path) -> Iterator[Callable[[list[Step]], Counter[str]]]:
    """Tells a story in a shop that is open for all stories, and checks its alerts."""
    path, numbers = tmp_path / "shop.sqlite", count()
    shops.copy(empty_shop, path)

    async def open_shop() -> None:
        DB.shop = shops.address(path)
        await DB.open()

    async def tell(steps: list[Step]) -> tuple[Story, Counter[str]]:
        story = Story(await make.clerk(f"Clerk {next(numbers)}"))
        for on_hand, point in [(14, 9), (4, 4), (22, 0)]:
            await story.product(on_hand, point)
        return story, Counter([step.what for step in steps if await story.happens(step)])

    def check(steps: list[Step]) -> Counter[str]:
        story, happened = runner.run(tell(steps))
        assert told(path, story.products) == due(path, story.points)
        return happened

    with asyncio.Runner() as runner:
        runner.run(open_shop())
        yield check
        runner.run(DB.close())


def test_there_is_one_alert_for_each_crossing(run: Callable[[list[Step]], Counter[str]]):
    happened: Counter[str] = Counter()

    @ENOUGH
    @given(STORIES)
    def check(steps: list[Step]) -> None:
        happened.update(run(steps))

    check()

    assert set(happened) == set(STEPS)  # everything that moves stock did so
    assert min(happened.values()) >= 3, happened


def too_early(on_hand: int, reserved: int, reorder_point: int) -> ledger.After:
    """A rule that is off by one: low below the reorder point, and not at it."""
    return ledger.After(on_hand, reserved, reorder_point - 1)


def test_a_rule_that_is_off_by_one_is_found(
    run: Callable[[list[Step]], Counter[str]], monkeypatch: pytest.MonkeyPatch
):
    """The losing control."""
    monkeypatch.setattr(ledger._MOVE, "_into", too_early)

    @settings(ENOUGH, phases=[Phase.generate])
    @given(STORIES)
    def check(steps: list[Step]) -> None:
        run(steps)

    with pytest.raises(AssertionError):
        check()
