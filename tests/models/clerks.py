"""Two clerks and a program who ask anything in any order, and what has to hold after every step."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app.stock import actions as stock
from tests import make
from tests.models.agree import agree
from tests.models.pair import CLERKS, LIKELY, ROBIN, SKUS
from tests.models.wishes import Wishes

skus = st.sampled_from([*SKUS, "MUG", "MUG"])  # they meet at one of them
few = st.integers(1, 4)
clerk = st.sampled_from([1, 1, 2])
which = st.sampled_from([0, 0, 0, 1, 1, 2, 3, LIKELY, LIKELY + 1])  # the newest, the one before
lasts = st.sampled_from([timedelta(minutes=minutes) for minutes in (2, 10, 30, 60)])
lines = st.lists(st.tuples(skus, few), min_size=1, max_size=3)
conditions = st.sampled_from(["shelf", "shelf", "damaged", "gone"])
backs = st.lists(st.tuples(which, st.integers(1, 2), conditions), min_size=1, max_size=2)
rarely = st.sampled_from([False, False, False, True])
pauses = st.sampled_from([1] * 12 + [30, 120, 700])
ago = st.sampled_from([None, None, 0, 1, 3, 8])  # so many events
found = st.sampled_from([0, 1, 5, 10, 11])

Wish = tuple[str, dict[str, Any]]


def wish(weight: int, name: str, **given: st.SearchStrategy[Any]) -> list[st.SearchStrategy[Wish]]:
    """Something to ask for, and how often beside the others."""
    return [st.tuples(st.just(name), st.fixed_dictionaries(given)) for _ in range(weight)]


# Of one rule: Hypothesis leaves whole rules out of whole examples, and mischief takes many kinds.
WISHES: list[st.SearchStrategy[Wish]] = [
    *wish(2, "receive", sku=skus, units=few, clerk=clerk),
    *wish(2, "adjust", sku=skus, change=st.sampled_from([-3, -2, -1, 1, 2]), clerk=clerk),
    *wish(3, "count", sku=skus, counted=st.integers(0, 20), ago=ago, clerk=clerk),
    *wish(1, "set_reorder_point", sku=skus, reorder_point=st.integers(0, 12), clerk=clerk),
    *wish(1, "archive", sku=skus, is_archived=rarely, clerk=clerk),
    *wish(4, "scan", sku=skus, units=few, clerk=clerk),
    *wish(1, "set_quantity", which=which, units=st.integers(0, 4), clerk=clerk),
    *wish(1, "find", which=which, units=found, clerk=clerk, is_manager=rarely),
    *wish(3, "complete", clerk=clerk, is_stale=rarely),
    *wish(3, "hold", clerk=clerk, lasts=lasts, is_stale=rarely),
    *wish(1, "wait", which=which, units=few, clerk=clerk),
    *wish(1, "stop_waiting", which=which),
    *wish(1, "repeat", which=which, clerk=clerk),
    *wish(1, "lose", which=which, clerk=clerk),
    *wish(2, "place", lines=lines, lasts=st.one_of(st.none(), lasts)),
    *wish(2, "recall", which=which, clerk=clerk),
    *wish(2, "hand_over", which=which, clerk=clerk),
    *wish(2, "cancel", which=which, clerk=clerk),
    *wish(1, "extend", which=which, lasts=lasts),
    *wish(2, "release", which=which, line=which, units=few, clerk=clerk),
    *wish(3, "take_back", which=which, backs=backs, clerk=clerk),
    *wish(2, "sweep"),
    *wish(2, "serve"),
    *wish(6, "regret", which=st.sampled_from([0, 0, 1, 1, 2, 2, 3, 5])),
    *wish(1, "undo", which=which, clerk=clerk),
]


class Clerks(Wishes):
    @initialize(
        levels=st.tuples(*[st.tuples(st.integers(4, 20), st.integers(0, 9))] * len(SKUS)),
        wanted=st.lists(lines, min_size=2, max_size=4),
    )
    def open(
        self, levels: tuple[tuple[int, int], ...], wanted: list[list[tuple[str, int]]]
    ) -> None:
        """Some goods, and a few customers."""
        for name in CLERKS.values():
            self.run(lambda: make.clerk(name))  # noqa: B023
        for sku, (on_hand, reorder_point) in zip(SKUS, levels, strict=True):
            self.add(sku, on_hand, reorder_point)
        for n, lines in enumerate(wanted):
            for sku, units in lines:
                self.scan(sku, units, ROBIN)
            if n % 2:
                self.complete(ROBIN)
            else:
                self.hold(ROBIN, timedelta(minutes=30))

    def add(self, sku: str, on_hand: int, reorder_point: int) -> None:
        stocked: Any = {"price_cents": 350, "on_hand": on_hand, "reorder_point": reorder_point}
        self.both(
            ROBIN,
            lambda: stock.add_product(sku, sku, **stocked, actor="Robin"),
            lambda _: self.shop.add(sku, **stocked),
        )

    @rule(seconds=pauses, wish=st.one_of(WISHES))
    def somebody_asks(self, seconds: int, wish: Wish) -> None:
        name, given = wish
        self.shop.now += timedelta(seconds=seconds)
        getattr(self, name)(**given)

    @invariant()
    def is_as_the_model_says(self) -> None:
        self.run(lambda: agree(self.shop, self.beside, CLERKS))
