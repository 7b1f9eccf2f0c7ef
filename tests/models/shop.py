"""A small shop in plain Python, without a database: what ought to happen, whatever is asked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, NoReturn

OPEN, COMPLETED, CANCELLED, EXPIRED = "open", "completed", "cancelled", "expired"


class Refused(Exception):
    """The shop says no; ``kind`` is the type of the problem."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Event(NamedTuple):
    """One entry of the log, without its number, its time and who did it."""

    type: str
    sku: str
    on_hand_change: int
    reserved_change: int
    on_hand: int
    reserved: int
    reason: str | None = None
    order: int | None = None


class Back(NamedTuple):
    sku: str
    quantity: int
    condition: str  # shelf, damaged, gone


@dataclass(eq=False)
class Product:
    sku: str
    price_cents: int
    on_hand: int = 0
    reserved: int = 0
    reorder_point: int = 0
    is_archived: bool = False
    counted_at: int = 0  # the number of its last count
    was: list[tuple[int, int]] = field(default_factory=list)  # on hand, by the event after which

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        return self.available <= self.reorder_point

    def on_hand_at(self, event: int) -> int:
        return next((n for number, n in reversed(self.was) if number <= event), 0)


@dataclass(eq=False)
class Line:
    quantity: int
    price_cents: int
    returned: int = 0


@dataclass(eq=False)
class Order:
    lines: dict[Product, Line]
    status: str
    expires_at: datetime | None = None

    @property
    def total_cents(self) -> int:
        return sum(line.quantity * line.price_cents for line in self.lines.values())


class Shop:
    """Every method changes the shop and writes its log, or raises Refused and changes nothing."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.products: list[Product] = []  # in the order of their ids
        self.orders: dict[int, Order] = {}
        self.log: list[Event] = []  # event number n stands at n - 1

    # What is there

    def find(self, sku: str) -> Product | None:
        return next((p for p in self.products if p.sku.lower() == sku.lower()), None)

    def product(self, sku: str) -> Product:
        return self.find(sku) or refuse("not-found")

    def order(self, number: int) -> Order:
        return self.orders.get(number) or refuse("not-found")

    def status(self, number: int) -> str:
        """A hold whose time is over is expired, whether anybody has swept or not."""
        order = self.orders[number]
        is_over = order.expires_at is not None and order.expires_at <= self.now
        return EXPIRED if order.status == OPEN and is_over else order.status

    # Products

    def add(self, sku: str, *, price_cents: int, on_hand: int, reorder_point: int) -> None:
        if self.find(sku):
            refuse("sku-taken")
        product = Product(sku, price_cents, reorder_point=reorder_point)
        self.products.append(product)
        product.on_hand = on_hand
        self._write(product, "InventoryReceived", on_hand=on_hand)
        self._alert(product, was_low=False)

    def change(
        self,
        sku: str,
        *,
        new_sku: str | None = None,
        reorder_point: int | None = None,
        is_archived: bool | None = None,
    ) -> None:
        product = self.product(sku)
        if new_sku is not None:
            if self.find(new_sku) not in {None, product}:
                refuse("sku-taken")
            product.sku = new_sku
        if is_archived is not None and is_archived != product.is_archived:
            if product.is_low and is_archived:
                self._write(product, "LowStockCleared")
            product.is_archived = is_archived
            self._alert(product, was_low=is_archived)
        if reorder_point is not None:
            was_low = product.is_low
            product.reorder_point = reorder_point
            self._alert(product, was_low=was_low)

    # The shelf

    def receive(self, sku: str, quantity: int) -> None:
        self._move(self.product(sku), "InventoryReceived", on_hand=quantity)

    def adjust(self, sku: str, change: int, reason: str) -> None:
        product = self.product(sku)
        if product.available + change < 0:
            refuse("below-reserved")
        self._move(product, "InventoryAdjusted", on_hand=change, reason=reason)

    def count(self, sku: str, counted: int, as_of: int | None = None) -> None:
        product = self.product(sku)
        then = product.on_hand
        if as_of is not None:
            if product.counted_at > as_of:
                refuse("stale")
            if as_of < product.was[0][0]:
                refuse("invalid")
            then = product.on_hand_at(as_of)
        if product.available + counted - then < 0:
            refuse("below-reserved")
        product.counted_at = len(self.log) + 1
        self._move(product, "InventoryCounted", on_hand=counted - then)

    # Orders

    def place(
        self, number: int, wanted: Iterable[tuple[str, int]], lasts: timedelta | None = None
    ) -> None:
        """``number`` is the order's, if there will be one."""
        units: Counter[Product] = Counter()
        for sku, quantity in wanted:
            product = self.find(sku)
            if product is None or product.is_archived:
                refuse("unknown-product")
            units[product] += quantity
        self.take(number, units, lasts)

    def take(self, number: int, units: dict[Product, int], lasts: timedelta | None) -> None:
        """So many of each are sold, or reserved; also of what is no longer sold to others."""
        if any(product.available < n for product, n in units.items()):
            refuse("insufficient-stock")
        lines = {product: Line(n, product.price_cents) for product, n in units.items()}
        order = Order(lines, OPEN if lasts else COMPLETED, self.now + lasts if lasts else None)
        self.orders[number] = order
        for product, n in self._in_turn(units):
            if lasts:
                self._move(product, "InventoryReserved", reserved=n, order=number)
            else:
                self._move(product, "InventorySold", on_hand=-n, order=number)

    def complete(self, number: int) -> None:
        order = self._open(number)
        order.status = COMPLETED
        for product, n in self._in_turn(_units(order)):
            self._move(product, "InventorySold", on_hand=-n, reserved=-n, order=number)

    def cancel(self, number: int) -> None:
        order = self.order(number)
        if self.status(number) == COMPLETED:
            order.status = CANCELLED
            left = {p: line.quantity - line.returned for p, line in order.lines.items()}
            for product, n in self._in_turn({p: n for p, n in left.items() if n}):
                order.lines[product].returned += n
                self._move(product, "InventoryReturned", on_hand=n, order=number)
        else:
            self._open(number).status = CANCELLED
            self._release(number)

    def extend(self, number: int, lasts: timedelta) -> None:
        self._open(number).expires_at = self.now + lasts

    def release(self, number: int, quantity: int | None) -> None:
        """Some units of an order of one line, or all of them."""
        order = self.order(number)
        if len(order.lines) != 1:
            refuse("not-found")
        self._open(number)
        ((product, line),) = order.lines.items()
        if quantity and quantity > line.quantity:
            refuse("over-returned")
        if quantity is None or quantity == line.quantity:
            self.cancel(number)
        else:
            line.quantity -= quantity
            self._move(product, "InventoryReleased", reserved=-quantity, order=number)

    def take_back(self, number: int, backs: Iterable[Back]) -> None:
        order = self.order(number)
        found = [(self.find(b.sku) or refuse("unknown-product"), b) for b in backs]
        if self.status(number) != COMPLETED:
            refuse("order-closed")
        units: Counter[Product] = Counter()
        for product, back in found:
            units[product] += back.quantity
        for product, n in units.items():
            line = order.lines.get(product)
            if line is None or line.returned + n > line.quantity:
                refuse("over-returned")
        for product, n in units.items():
            order.lines[product].returned += n
        for condition in ("shelf", "damaged", "gone"):
            chosen: Counter[Product] = Counter()
            for product, back in found:
                chosen[product] += back.quantity if back.condition == condition else 0
            for product, n in self._in_turn(+chosen):
                if condition == "shelf":
                    self._move(product, "InventoryReturned", on_hand=n, order=number)
                else:
                    self._write(product, "InventoryReturned", reason=condition, order=number)

    def expire(self) -> None:
        """Somebody sweeps: what is over is released, the longest over first."""
        due = [n for n, o in self.orders.items() if o.status == OPEN and self.status(n) == EXPIRED]
        for number in sorted(due, key=lambda n: (self.orders[n].expires_at, n)):
            self.orders[number].status = EXPIRED
            self._release(number, reason=EXPIRED)

    # How all of them do it

    def _open(self, number: int) -> Order:
        order = self.order(number)
        return order if self.status(number) == OPEN else refuse("order-closed")

    def _release(self, number: int, reason: str | None = None) -> None:
        for product, n in self._in_turn(_units(self.orders[number])):
            self._move(product, "InventoryReleased", reserved=-n, order=number, reason=reason)

    def _in_turn(self, units: dict[Product, int]) -> list[tuple[Product, int]]:
        return [(product, units[product]) for product in self.products if product in units]

    def _move(
        self,
        product: Product,
        type: str,  # noqa: A002 - as on the wire
        *,
        on_hand: int = 0,
        reserved: int = 0,
        reason: str | None = None,
        order: int | None = None,
    ) -> None:
        was_low = product.is_low
        product.on_hand += on_hand
        product.reserved += reserved
        self._write(product, type, on_hand=on_hand, reserved=reserved, reason=reason, order=order)
        self._alert(product, was_low=was_low, order=order)

    def _write(
        self,
        product: Product,
        type: str,  # noqa: A002
        *,
        on_hand: int = 0,
        reserved: int = 0,
        reason: str | None = None,
        order: int | None = None,
    ) -> None:
        after = (product.on_hand, product.reserved)
        self.log.append(Event(type, product.sku, on_hand, reserved, *after, reason, order))
        product.was.append((len(self.log), product.on_hand))

    def _alert(self, product: Product, *, was_low: bool, order: int | None = None) -> None:
        if product.is_low != was_low and not product.is_archived:
            kind = "LowStockDetected" if product.is_low else "LowStockCleared"
            self._write(product, kind, order=order)


def refuse(kind: str) -> NoReturn:
    raise Refused(kind)


def _units(order: Order) -> dict[Product, int]:
    return {product: line.quantity for product, line in order.lines.items()}
