"""The model's undo: an order is again what it was, and every event gets its opposite."""

from copy import deepcopy
from datetime import timedelta

from tests.models import counters
from tests.models.operations import Operation, Step
from tests.models.shop import CANCELLED, EXPIRED, Event, Refused, refuse

UNDO_WITHIN = timedelta(minutes=10)
AT_LEAST = timedelta(minutes=10)  # how long a hold lasts that is open again
OPPOSITE = {
    "InventorySold": "InventoryReturned",
    "InventoryReserved": "InventoryReleased",
    "InventoryReleased": "InventoryReserved",
}


class Shop(counters.Shop):
    def undo(self, undone: Operation, actor: str, clerk: int, operation: Operation) -> None:
        before = deepcopy(self.__dict__)
        try:
            self._undo(undone, actor, clerk)
        except Refused:
            self.__dict__ = before
            raise
        operation.is_undo = undone.is_undone = True

    def _undo(self, undone: Operation, actor: str, clerk: int) -> None:
        numbers = [n for n in range(undone.first, undone.last + 1) if self._moved(n)]
        if not numbers:
            refuse("not-found")
        is_late = self.now - undone.at > UNDO_WITHIN
        if not undone.can_be_undone or undone.actor != actor or is_late:
            refuse("refused")
        if undone.order is not None and undone.step is not None:
            self._step_back(undone.order, undone.step, clerk)
        events = {number: self.log[number - 1] for number in numbers}
        for number in sorted(numbers, key=lambda n: (self._place_of(events[n]), -n)):
            self._take_back(number, events[number])
        if undone.waiting is not None:
            if self.waiting[undone.waiting].is_served:
                refuse("refused")
            self.waiting[undone.waiting].is_over = True
        self.lost -= undone.lost
        if undone.asked_for:
            self.to_count.add(undone.asked_for)

    def _step_back(self, number: int, step: Step, clerk: int) -> None:
        order = self.orders[number]
        if self.status(number) == EXPIRED or self.steps[number] is not step:
            refuse("refused")
        if self.lies_at.get(number, clerk) != clerk:
            refuse("refused")
        if step.name in {"sale", "hold"}:
            order.status = CANCELLED
            self.lies_at.pop(number, None)
            for line in order.lines.values():
                line.returned = line.quantity if step.name == "sale" else 0
            self.lay_out(order, clerk)
        else:
            order.status, order.lines = step.status, step.lines
            if step.name == "closed":
                assert order.expires_at
                order.expires_at = max(order.expires_at, self.now + AT_LEAST)
        if step.before:
            self.steps[number] = step.before

    def _take_back(self, number: int, event: Event) -> None:
        product = self.product(event.sku)
        if event.on_hand_change and self._was_counted_after(number, event.sku):
            refuse("refused")
        on_hand = product.on_hand - event.on_hand_change
        reserved = product.reserved - event.reserved_change
        if not 0 <= reserved <= on_hand:
            refuse("refused")
        self._move(
            product,
            OPPOSITE.get(event.type, event.type),
            on_hand=-event.on_hand_change,
            reserved=-event.reserved_change,
            reason="undo",
            order=event.order,
        )
        if event.type == "InventoryCounted":
            earlier = [count for count in self._counts(event.sku) if count != number]
            product.counted_at = max(earlier, default=0)

    def _was_counted_after(self, number: int, sku: str) -> bool:
        return any(count > number for count in self._counts(sku))

    def _counts(self, sku: str) -> list[int]:
        """The counts of a product that stand."""
        return [
            number
            for operation in self.operations
            if operation.can_be_undone
            for number in range(operation.first, operation.last + 1)
            if self.log[number - 1].type == "InventoryCounted" and self.log[number - 1].sku == sku
        ]

    def _moved(self, number: int) -> bool:
        return not self.log[number - 1].type.startswith("LowStock")

    def _place_of(self, event: Event) -> int:
        return self.products.index(self.product(event.sku))
