"""Does the shop hold what its clients were told, and nothing that nobody asked for (P2, P3, P5)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.history import PLACED, Attempt, Result, read
from tests.faults.shop import Ask, looking

ENDED = {"complete": "completed", "cancel": "cancelled"}
MOVED = {"receive", "adjust"}
ANSWERS = {0, 200, 201, 404, 409, 503}  # to what our clients ask, whatever happens; 0 for none

Held = dict[str, Any]


@dataclass
class Asked:
    """Everything that is known of one key."""

    kind: str
    body: Held
    order: int
    results: set[Result] = field(default_factory=set)
    answers: set[int] = field(default_factory=set)

    @property
    def is_ok(self) -> bool:
        return Result.OK in self.results

    @property
    def is_refused(self) -> bool:
        """Surely: it never was unknown."""
        return self.results == {Result.REFUSED}


def compare(path: Path, folder: Path) -> list[str]:
    """The histories in the folder beside the shop; what does not fit."""
    attempts = list(read(folder))
    asked = _by_key(attempts)
    strange = Counter(attempt.status for attempt in attempts if attempt.status not in ANSWERS)
    with looking(path) as ask:
        found = [*_orders(ask, asked), *_ends(ask, asked), *_moves(ask, asked)]
    return [*found, *(f"{times} answers {status}" for status, times in strange.items())]


def _by_key(attempts: Iterable[Attempt]) -> dict[str, Asked]:
    asked: dict[str, Asked] = {}
    for attempt in attempts:
        known = asked.setdefault(attempt.key, Asked(attempt.kind, attempt.body, attempt.order))
        known.results.add(attempt.result)
        if attempt.result == Result.OK:
            known.answers.add(attempt.answer)
    return asked


def _orders(ask: Ask, asked: dict[str, Asked]) -> Iterator[str]:
    lines: dict[int, Counter[str]] = {}
    for order, sku, units in ask(
        'SELECT n."order", p.sku, sum(n.quantity) FROM order_line n '
        "JOIN product p ON p.id = n.product GROUP BY 1, 2"
    ):
        lines.setdefault(order, Counter())[sku] = units
    placed: dict[str, list[int]] = {}
    for order, key in ask("SELECT id, reference FROM orders WHERE reference <> ''"):
        placed.setdefault(key, []).append(order)
        if key not in asked:
            yield f"order {order} has the key {key}, under which nobody asked"
    for key, wish in asked.items():
        if wish.kind in PLACED:
            made = [(order, lines.get(order, Counter())) for order in placed.get(key, [])]
            yield from _one(key, wish, made, _wanted(wish.body))


def _moves(ask: Ask, asked: dict[str, Asked]) -> Iterator[str]:
    noted: dict[str, list[tuple[int, int]]] = {}
    for event, key, change in ask("SELECT id, note, on_hand_change FROM stock_event"):
        if key in asked:
            noted.setdefault(key, []).append((event, change))
    for key, wish in asked.items():
        if wish.kind in MOVED:
            change = wish.body.get("quantity") or wish.body.get("change")
            yield from _one(key, wish, noted.get(key, []), change)


def _one(key: str, wish: Asked, made: list[tuple[int, Any]], wanted: object) -> Iterator[str]:
    """One wish is one effect; a refusal is none; what is unknown is one or none."""
    if len(made) > 1:
        yield f"{wish.kind} {key} was acted on {len(made)} times"
    if wish.is_ok and not made:
        yield f"{wish.kind} {key} was answered ok and is lost"
    if wish.is_refused and made:
        yield f"{wish.kind} {key} was refused and happened"
    if wish.is_ok and made and wish.answers != {made[0][0]}:
        yield f"{wish.kind} {key} is {made[0][0]} and was answered {wish.answers}"
    for _, what in made:
        if what != wanted:
            yield f"{wish.kind} {key} wanted {wanted} and made {what}"


def _ends(ask: Ask, asked: dict[str, Asked]) -> Iterator[str]:
    """Only what somebody asked for ends an order, and what was answered so has ended it."""
    steps: dict[str, set[int]] = {kind: set() for kind in ENDED}
    for order, kind in ask(
        "SELECT order_id, kind FROM stock_event WHERE order_id IS NOT NULL AND "
        "(kind = 'sold' AND reserved_change < 0 OR kind IN ('released', 'returned')) "
        "AND (reason IS NULL OR reason <> 'expired')"
    ):
        steps["complete" if kind == "sold" else "cancel"].add(order)
    for kind, ended in steps.items():
        wishes = [wish for wish in asked.values() if wish.kind == kind]
        for order in {wish.order for wish in wishes if wish.is_ok} - ended:
            yield f"order {order} was answered {ENDED[kind]} and is not"
        for order in ended - {wish.order for wish in wishes if not wish.is_refused}:
            yield f"order {order} is {ENDED[kind]}, which nobody asked for"


def _wanted(body: Held) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for line in body["lines"]:
        wanted[line["sku"]] += line["quantity"]
    return wanted
