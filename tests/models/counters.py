"""The model's clerks: carts, holds that lie on a counter, what was found, who waits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.models import operations
from tests.models.operations import Operation
from tests.models.shop import CANCELLED, COMPLETED, EXPIRED, OPEN, Back, Order, Product, refuse
from tests.models.shop import Line as Sold

AT_LEAST = timedelta(minutes=10)  # how long a hold lasts that was recalled
KEPT_WHEN_BACK = timedelta(days=3)
MOST_FOUND = 10  # without a manager


MOST = 1_000_000  # units of a line


@dataclass(eq=False)
class Line(Sold):
    found: int = 0


@dataclass(eq=False)
class Cart:
    number: int
    lines: dict[Product, Line] = field(default_factory=dict)


@dataclass(eq=False)
class Waiting:
    product: Product
    quantity: int
    actor: str
    is_over: bool = False
    is_served: bool = False


class Shop(operations.Shop):
    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.last_order = 0  # drafts have numbers too
        self.begun: dict[int, datetime] = {}  # when their first line was written
        self.edited: dict[Product, datetime] = {}
        self.carts: dict[int, Cart] = {}  # of clerks
        self.lies_at: dict[int, int] = {}  # holds on a counter, and whose
        self.waiting: list[Waiting] = []
        self.lost = 0
        self.to_count: set[Product] = set()

    # The counter

    def on_counter(self, clerk: int) -> Order | Cart | None:
        """A hold that was recalled, or else the cart."""
        held = (n for n, c in self.lies_at.items() if c == clerk and self.status(n) == OPEN)
        number = next(held, None)
        return self.carts.get(clerk) if number is None else self.orders[number]

    def number_of(self, order: Order | Cart) -> int:
        if isinstance(order, Cart):
            return order.number
        return next(number for number, o in self.orders.items() if o is order)

    def cart(self, clerk: int) -> Cart:
        if clerk not in self.carts:
            self.last_order += 1
            self.carts[clerk] = Cart(self.last_order)
            self.begun[self.last_order] = self.now
        return self.carts[clerk]

    def sold(self, sku: str) -> Product:
        product = self.product(sku)
        return refuse("not-found") if product.is_archived else product

    def archive(self, sku: str, *, is_archived: bool) -> None:
        product = self.product(sku)
        if product.is_archived != is_archived:
            self.edited[product] = self.now
        self.change(sku, is_archived=is_archived)

    def scan(self, sku: str, units: int, clerk: int, operation: Operation) -> None:
        product = self.sold(sku)
        order = self.on_counter(clerk)
        if isinstance(order, Order):
            self._reserve(order, product, units, operation)
        else:
            lines = self.cart(clerk).lines
            lines.setdefault(product, Line(0, product.price_cents)).quantity += units

    def set_quantity(self, sku: str, units: int, clerk: int, operation: Operation) -> None:
        order = self.on_counter(clerk)
        product = self.product(sku)
        if order is None or product not in order.lines:
            refuse("not-found")
        more = units - order.lines[product].quantity
        if isinstance(order, Cart):
            order.lines[product].quantity = units
            if not units:
                del order.lines[product]
        elif more > 0:
            self._reserve(order, product, more, operation)
        elif more < 0:
            self.give_back(self.number_of(order), sku, -more, operation)

    def find_on_shelf(self, sku: str, units: int, clerk: int, *, is_manager: bool) -> None:
        if units > MOST_FOUND and not is_manager:
            refuse("forbidden")
        cart = self.carts.get(clerk)
        product = self.product(sku)
        if cart is None or product not in cart.lines:
            refuse("not-found")
        cart.lines[product].found = units

    def close(
        self,
        number: int,
        clerk: int,
        operation: Operation,
        lasts: timedelta | None = None,
        *,
        is_stale: bool = False,
    ) -> None:
        """Sell what lies on the counter, or put it aside."""
        order = self.on_counter(clerk)
        if order is None or self.number_of(order) != number:
            self.order(number)
            refuse("stale" if self.status(number) == OPEN else "order-closed")
        if not order.lines:
            refuse("refused")
        if is_stale:
            refuse("stale")
        if isinstance(order, Order):
            if lasts:
                assert order.expires_at  # what was promised to a customer is not cut short
                order.expires_at = max(order.expires_at, self.now + lasts)
                del self.lies_at[number]
            else:
                self.sell_hold(number, operation)
            return
        corrected = {
            product: line.quantity - product.available
            for product, line in order.lines.items()
            if 0 < line.quantity - product.available <= line.found
        }
        short = [p for p, line in order.lines.items() if p.available < line.quantity]
        if set(short) - set(corrected):
            refuse("insufficient-stock")
        for product, missing in self._in_turn(corrected):
            self._move(product, "InventoryAdjusted", on_hand=missing, reason="found")
            self.to_count.add(product)
        del self.carts[clerk]
        with self.step(number, "hold" if lasts else "sale", operation):
            self.take(number, {p: line.quantity for p, line in order.lines.items()}, lasts)

    def recall(self, number: int, clerk: int) -> None:
        on_counter = self.on_counter(clerk)
        if isinstance(on_counter, Cart) and on_counter.lines:
            refuse("refused")
        order = self._open(number)
        self.lies_at = {n: c for n, c in self.lies_at.items() if c != clerk}
        self.lies_at[number] = clerk
        assert order.expires_at
        order.expires_at = max(order.expires_at, self.now + AT_LEAST)

    # Holds

    def put_aside(
        self, wanted: list[tuple[str, int]], operation: Operation, lasts: timedelta | None
    ) -> int:
        """Sell or reserve for a program. Returns the order's number."""
        number = self.last_order + 1
        with self.step(number, "hold" if lasts else "sale", operation):
            self.place(number, wanted, lasts)
        self.last_order = number
        self.begun[number] = self.now
        return number

    def sell_hold(self, number: int, operation: Operation) -> None:
        self._open(number)
        with self.step(number, "closed", operation):
            self.complete(number)
        self.lies_at.pop(number, None)

    def call_off(self, number: int, operation: Operation) -> None:
        self.order(number)
        is_hold = self.status(number) == OPEN
        if not is_hold and self.status(number) != COMPLETED:
            refuse("order-closed")
        with self.step(number, "closed" if is_hold else "returned", operation):
            self.cancel(number)
        self.lies_at.pop(number, None)

    def give_back(self, number: int, sku: str, units: int, operation: Operation) -> None:
        order = self._open(number)
        product = self.find(sku)
        line = order.lines.get(product) if product else None
        if product is None or line is None or units > line.quantity:
            refuse("over-returned")
        if units == sum(line.quantity for line in order.lines.values()):
            self.call_off(number, operation)
            return
        with self.step(number, "changed", operation):
            line.quantity -= units
            if not line.quantity:
                del order.lines[product]
            self._move(product, "InventoryReleased", reserved=-units, order=number)

    def bring_back(self, number: int, backs: list[Back], operation: Operation) -> None:
        with self.step(number, "returned", operation):
            self.take_back(number, backs)

    def _reserve(self, order: Order, product: Product, units: int, operation: Operation) -> None:
        if product.available < units:
            refuse("insufficient-stock")
        number = self.number_of(order)
        with self.step(number, "changed", operation):
            order.lines.setdefault(product, Sold(0, product.price_cents)).quantity += units
            self._move(product, "InventoryReserved", reserved=units, order=number)

    def sweep(self, lines: int) -> None:
        """One step of whoever sweeps: holds until so many lines are released, each by itself."""
        due = [n for n, o in self.orders.items() if o.status == OPEN and self.status(n) == EXPIRED]
        for number in sorted(due, key=lambda n: (self.orders[n].expires_at, n)):
            if lines <= 0:
                return
            order = self.orders[number]
            order.status = EXPIRED
            lines -= len(order.lines)
            self.lies_at.pop(number, None)
            with self.acts("Onhand"):
                self._release(number, reason=EXPIRED)

    def repeat(self, number: int, clerk: int) -> None:
        order = self.order(number)
        if self.status(number) not in {CANCELLED, EXPIRED} or not self.lay_out(order, clerk):
            refuse("refused")

    def lay_out(self, order: Order, clerk: int) -> bool:
        """Its lines in this clerk's cart, if the counter is free. Whether they are."""
        on_counter = self.on_counter(clerk)
        if isinstance(on_counter, Order) or (on_counter and on_counter.lines):
            return False
        lines = {p: Line(line.quantity, line.price_cents) for p, line in order.lines.items()}
        self.cart(clerk).lines = lines
        return True

    # What was not there

    def wait(self, sku: str, units: int, clerk: int, operation: Operation) -> None:
        product = self.sold(sku)
        self._take_out(sku, clerk, operation, units)
        operation.waiting = len(self.waiting)
        self.waiting.append(Waiting(product, units, operation.actor))

    def stop_waiting(self, number: int) -> None:
        if number > len(self.waiting) or self.waiting[number - 1].is_over:
            refuse("not-found")
        self.waiting[number - 1].is_over = True

    def lose(self, sku: str, clerk: int, operation: Operation) -> None:
        if not self._take_out(sku, clerk, operation, MOST):
            refuse("not-found")
        self.lost += 1
        operation.lost += 1

    def _take_out(self, sku: str, clerk: int, operation: Operation, most: int) -> bool:
        order = self.on_counter(clerk)
        if order is None or self.product(sku) not in order.lines:
            return False
        left = max(0, order.lines[self.product(sku)].quantity - most)
        self.set_quantity(sku, left, clerk, operation)
        return True

    def serve(self, operation: Operation) -> int | None:
        """The hold of whoever waits longest for what is there, if anybody does."""
        for one in self.waiting:
            is_sold = not one.product.is_archived
            if is_sold and not one.is_over and one.product.available >= one.quantity:
                one.is_over = one.is_served = True
                return self.put_aside([(one.product.sku, one.quantity)], operation, KEPT_WHEN_BACK)
        return None

    def count_found(
        self, sku: str, counted: int, operation: Operation, as_of: int | None = None
    ) -> None:
        product = self.product(sku)
        if as_of is not None and not 0 < product.counted_at > as_of:
            opening = product.was[0][0]
            if not opening <= as_of <= len(self.log):
                refuse("invalid")
        self.count(sku, counted, as_of)
        if product in self.to_count:
            operation.asked_for = product
            self.to_count.discard(product)
