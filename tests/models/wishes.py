"""What can be asked of the shop, and of its model."""

from datetime import timedelta
from typing import Any

from app.orders import actions as orders
from app.orders.tables import Condition
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason
from tests.models.operations import Operation
from tests.models.pair import CLERKS, Pair
from tests.models.shop import CANCELLED, COMPLETED, EXPIRED, OPEN, Back

AT_LEAST = timedelta(minutes=10)


class Wishes(Pair):
    # The shelf

    def receive(self, sku: str, units: int, clerk: int) -> None:
        self.both(
            clerk,
            lambda: stock.receive(self.id_of(sku), units, actor=CLERKS[clerk]),
            lambda _: self.shop.receive(sku, units),
        )

    def adjust(self, sku: str, change: int, clerk: int) -> None:
        reason = AdjustmentReason.CORRECTION
        self.both(
            clerk,
            lambda: stock.adjust(self.id_of(sku), change, reason=reason, actor=CLERKS[clerk]),
            lambda _: self.shop.adjust(sku, change, "correction"),
        )

    def count(self, sku: str, counted: int, ago: int | None, clerk: int) -> None:
        as_of = None if ago is None else len(self.shop.log) - ago
        self.both(
            clerk,
            lambda: stock.count(self.id_of(sku), counted, as_of=as_of, actor=CLERKS[clerk]),
            lambda done: self.shop.count_found(sku, counted, done, as_of),
        )

    def set_reorder_point(self, sku: str, reorder_point: int, clerk: int) -> None:
        actor = CLERKS[clerk]
        self.both(
            clerk,
            lambda: stock.set_reorder_point(self.id_of(sku), reorder_point, actor=actor),
            lambda _: self.shop.change(sku, reorder_point=reorder_point),
        )

    def archive(self, sku: str, clerk: int, *, is_archived: bool) -> None:
        product, actor = self.id_of(sku), CLERKS[clerk]
        self.both(
            clerk,
            lambda: stock.change_product(product, archived=is_archived, actor=actor),
            lambda _: self.shop.archive(sku, is_archived=is_archived),
        )

    # The counter

    def scan(self, sku: str, units: int, clerk: int) -> None:
        self.both(
            clerk,
            lambda: orders.scan(self.id_of(sku), units, clerk=clerk, actor=CLERKS[clerk]),
            lambda done: self.shop.scan(sku, units, clerk, done),
        )

    def set_quantity(self, which: int, units: int, clerk: int) -> None:
        sku = self.line(which, self.lines_at(clerk))
        self.both(
            clerk,
            lambda: orders.set_quantity(self.id_of(sku), units, clerk=clerk, actor=CLERKS[clerk]),
            lambda done: self.shop.set_quantity(sku, units, clerk, done),
        )

    def find(self, which: int, units: int, clerk: int, *, is_manager: bool) -> None:
        sku = self.line(which, self.lines_at(clerk))
        self.both(
            clerk,
            lambda: orders.find(self.id_of(sku), units, clerk=clerk, is_manager=is_manager),
            lambda _: self.shop.find_on_shelf(sku, units, clerk, is_manager=is_manager),
        )

    def complete(self, clerk: int, *, is_stale: bool = False) -> None:
        number, revision = self.shown(clerk, is_stale=is_stale)
        self.both(
            clerk,
            lambda: orders.complete(number, revision, clerk=clerk, actor=CLERKS[clerk]),
            lambda done: self.shop.close(number, clerk, done, is_stale=is_stale),
        )

    def hold(self, clerk: int, lasts: timedelta, *, is_stale: bool = False) -> None:
        number, revision = self.shown(clerk, is_stale=is_stale)
        by: Any = {"clerk": clerk, "actor": CLERKS[clerk]}
        self.both(
            clerk,
            lambda: orders.hold(number, revision, expires_in=lasts, **by),
            lambda done: self.shop.close(number, clerk, done, lasts, is_stale=is_stale),
        )

    def wait(self, which: int, units: int, clerk: int) -> None:
        sku = self.line(which, self.lines_at(clerk))
        product, actor = self.id_of(sku), CLERKS[clerk]
        self.both(
            clerk,
            lambda: orders.await_stock(product, units, customer="", clerk=clerk, actor=actor),
            lambda done: self.shop.wait(sku, units, clerk, done),
        )

    def stop_waiting(self, which: int) -> None:
        number = max(len(self.shop.waiting) - which, 1)
        self.both(
            "Robin",
            lambda: orders.stop_waiting(number),
            lambda _: self.shop.stop_waiting(number),
        )

    def repeat(self, which: int, clerk: int) -> None:
        number = self.order(which, CANCELLED if which % 2 else EXPIRED)
        self.both(
            clerk,
            lambda: orders.repeat(number, clerk=clerk, actor=CLERKS[clerk]),
            lambda _: self.shop.repeat(number, clerk),
        )

    def lose(self, which: int, clerk: int) -> None:
        sku = self.line(which, self.lines_at(clerk))
        self.both(
            clerk,
            lambda: orders.lose_sale(self.id_of(sku), clerk=clerk, actor=CLERKS[clerk]),
            lambda done: self.shop.lose(sku, clerk, done),
        )

    # Orders

    def place(self, lines: list[tuple[str, int]], lasts: timedelta | None) -> None:
        wanted = [orders.Wanted(*line) for line in lines]
        self.both(
            "till",
            lambda: orders.place(wanted, expires_in=lasts, actor="till"),
            lambda done: self.shop.put_aside(lines, done, lasts),
        )

    def recall(self, which: int, clerk: int) -> None:
        number = self.order(which, OPEN)
        self.both(
            clerk,
            lambda: orders.recall(number, clerk=clerk, at_least=AT_LEAST),
            lambda _: self.shop.recall(number, clerk),
        )

    def hand_over(self, which: int, clerk: int) -> None:
        number = self.order(which, OPEN)
        self.both(
            clerk,
            lambda: orders.hand_over(number, clerk=clerk, actor=CLERKS[clerk]),
            lambda done: self.shop.sell_hold(number, done),
        )

    def cancel(self, which: int, clerk: int) -> None:
        number = self.order(which, COMPLETED if which % 3 == 0 else OPEN)
        self.both(
            clerk,
            lambda: orders.cancel(number, actor=CLERKS[clerk]),
            lambda done: self.shop.call_off(number, done),
        )

    def extend(self, which: int, lasts: timedelta) -> None:
        number = self.order(which, OPEN)
        self.both(
            "till",
            lambda: orders.extend(number, lasts),
            lambda _: self.shop.extend(number, lasts),
        )

    def release(self, which: int, line: int, units: int, clerk: int) -> None:
        number = self.order(which, OPEN)
        sku = self.line(line, self.lines_of(number))
        self.both(
            clerk,
            lambda: orders.release(number, self.id_of(sku), units, actor=CLERKS[clerk]),
            lambda done: self.shop.give_back(number, sku, units, done),
        )

    def take_back(self, which: int, backs: list[tuple[int, int, str]], clerk: int) -> None:
        number = self.order(which, COMPLETED)
        lines = self.lines_of(number)
        wanted = [Back(self.line(line, lines), n, how) for line, n, how in backs]
        coming = [orders.Back(self.id_of(sku), n, Condition(how)) for sku, n, how in wanted]
        self.both(
            clerk,
            lambda: orders.take_back(number, coming, actor=CLERKS[clerk]),
            lambda done: self.shop.bring_back(number, wanted, done),
        )

    # Onhand itself

    def sweep(self) -> None:
        self.run(orders.expire_due)
        self.shop.sweep(lines=3)

    def serve(self) -> None:
        self.both("Onhand", orders.serve_next, self.shop.serve)

    # Undo

    def regret(self, which: int) -> None:
        """Whoever did it takes back what was done lately, and not undone yet."""
        by = {name: clerk for clerk, name in CLERKS.items()}
        done = [o for o in self.shop.operations if o.can_be_undone and o.actor in by]
        if done:
            operation = done[-1 - which % len(done)]
            self._undo(operation, by[operation.actor])

    def undo(self, which: int, clerk: int) -> None:
        if self.shop.operations:
            self._undo(self.shop.operations[-1 - which % len(self.shop.operations)], clerk)

    def _undo(self, done: Operation, clerk: int) -> None:
        actor = CLERKS[clerk]
        self.both(
            clerk,
            lambda: orders.undo(done.first, clerk=clerk, actor=actor),
            lambda undo: self.shop.undo(done, actor, clerk, undo),
        )
