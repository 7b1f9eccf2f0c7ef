"""What was done in the model, so that it can be undone: by what an order was before."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from tests.models.shop import Line, Product
from tests.models.shop import Shop as ShopOfPrograms


@dataclass(eq=False)
class Step:
    """What an order was before an action, and the step before that one."""

    name: str
    status: str
    lines: dict[Product, Line]
    before: "Step | None"


@dataclass(eq=False)
class Operation:
    """What one action did."""

    actor: str
    at: datetime
    first: int  # the numbers of its events
    last: int = 0
    order: int | None = None
    step: Step | None = None
    asked_for: Product | None = None  # to be counted, until this count
    lost: int = 0  # sales
    waiting: int | None = None  # which of those who wait
    is_undo: bool = False
    is_undone: bool = False

    @property
    def can_be_undone(self) -> bool:
        return not (self.is_undo or self.is_undone)


class Shop(ShopOfPrograms):
    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.operations: list[Operation] = []
        self.steps: dict[int, Step] = {}  # the latest of each order

    @contextmanager
    def acts(self, actor: str) -> Iterator[Operation]:
        """Whatever is written inside is one operation."""
        operation = Operation(actor, self.now, len(self.log) + 1)
        yield operation
        operation.last = len(self.log)
        if operation.last >= operation.first:
            self.operations.append(operation)

    @contextmanager
    def step(self, number: int, name: str, operation: Operation) -> Iterator[None]:
        """Inside, an order is changed in a way that undo brings back."""
        before = self.orders.get(number)
        status = before.status if before else ""
        lines = {p: copy(line) for p, line in before.lines.items()} if before else {}
        yield
        operation.order = number
        operation.step = Step(name, status, lines, self.steps.get(number))
        self.steps[number] = operation.step
