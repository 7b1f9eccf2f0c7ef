"""Programs that ask /v1 for anything in any order, and what has to hold after every step."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvloop
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from app import clock
from app import settings as configured
from app.accounts import actions as accounts
from app.accounts.tables import Scope
from app.database import DB
from app.orders import actions as orders
from tests import asgi, books, shops
from tests.models.shop import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    OPEN,
    Back,
    Event,
    Refused,
    Shop,
    refuse,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATUS = {"not-found": 404, "unknown-product": 404, "invalid": 400}  # all others are a 409

SKUS = ["MUG", "BOWL", "CUP"]
skus = st.sampled_from([*SKUS, *SKUS, *SKUS, "mug", "NIX"])
few = st.integers(1, 5)
which = st.sampled_from([1, 1, 1, 2, 2, 3, 4, 0])  # how many orders ago; none of them for 0
seconds = st.sampled_from([5, 30, 60])
lines = st.lists(st.tuples(skus, st.integers(1, 3)), min_size=1, max_size=3)
conditions = st.sampled_from(["shelf", "damaged", "gone"])
backs = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 2), conditions), min_size=1, max_size=2
)


_numbers = count(1)


class Programs(RuleBasedStateMachine):
    """Several programs at one shop, and the model of it."""

    empty: Path
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(NOON)
        self.next_order = 1
        self.asked: list[tuple[str, bytes, httpx.Response]] = []  # under a key of its number
        self.path = self.folder / f"shop-{next(_numbers)}.sqlite"  # what is known is known by path
        for file in self.folder.glob("shop-*"):
            file.unlink()
        shops.copy(self.empty, self.path)
        DB.shop = shops.address(self.path)
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.client = self.run(self._open)
        self.books = shops.Beside(self.path)

    async def _open(self) -> httpx.AsyncClient:
        await DB.open(checkpoints=False)
        token = await accounts.add_token("till", Scope.WRITE)
        return asgi.client(headers={"Authorization": f"Bearer {token}"})

    def teardown(self) -> None:
        self.books.close()
        self.run(DB.close)
        self.runner.close()

    def run(self, ask: Callable[[], Any]) -> Any:
        with clock.at(self.shop.now):
            return self.runner.run(ask())

    async def _get(self, *addresses: str) -> list[Any]:
        answers = [await self.client.get(address) for address in addresses]
        assert {answer.status_code for answer in answers} == {200}
        return [answer.json() for answer in answers]

    def get(self, address: str) -> Any:
        return self.run(lambda: self._get(address))[0]

    def send(
        self, method: str, address: str, content: bytes, number: int | None = None
    ) -> httpx.Response:
        headers = {} if number is None else {"Idempotency-Key": f"key-{number}"}
        sent: httpx.Response = self.run(
            lambda: self.client.request(method, address, content=content, headers=headers)
        )
        return sent

    def ask(self, address: str, body: Any, expected: Callable[[], Any], status: int = 200) -> Any:
        """Post, and do the same in the model: both do it, or both refuse for the same reason."""
        content = json.dumps(body).encode()
        answer = self.send("POST", address, content, len(self.asked))
        if answer.status_code != 400:  # which may be asked again
            self.asked.append((address, content, answer))
        return self.same(answer, expected, status)

    def same(self, answer: httpx.Response, expected: Callable[[], Any], status: int) -> Any:
        refused = ""
        try:
            expected()
        except Refused as refusal:
            refused, status = refusal.kind, STATUS.get(refusal.kind, 409)
            shops.number_again(self.path)
        told = answer.json()
        kind = told.get("type") if refused else ""
        assert (answer.status_code, kind) == (status, refused), told
        return None if refused else told

    # Products and their shelf

    @initialize(on_hand=st.integers(4, 9), reorder_point=st.integers(0, 4))
    def open(self, on_hand: int, reorder_point: int) -> None:
        for sku in SKUS:
            self.add(sku, on_hand, reorder_point)
        self.sell([("BOWL", 2), ("MUG", 1), ("BOWL", 1)])
        self.hold([("MUG", 2)], 60)

    @rule(sku=skus, on_hand=st.integers(0, 12), reorder_point=st.integers(0, 6))
    def add(self, sku: str, on_hand: int, reorder_point: int) -> None:
        numbers = {"price_cents": 350, "on_hand": on_hand, "reorder_point": reorder_point}
        self.ask(
            "/v1/products",
            {"sku": sku, "name": sku, **numbers},
            lambda: self.shop.add(sku, **numbers),
            201,
        )

    @rule(
        sku=skus,
        new_sku=st.none() | skus,
        reorder_point=st.none() | st.integers(0, 6),
        is_archived=st.none() | st.booleans(),
    )
    def change(
        self, sku: str, new_sku: str | None, reorder_point: int | None, is_archived: bool | None
    ) -> None:
        given = {"sku": new_sku, "reorder_point": reorder_point, "archived": is_archived}
        body = {name: value for name, value in given.items() if value is not None}
        answer = self.send("PATCH", f"/v1/products/{sku}", json.dumps(body).encode())
        self.same(
            answer,
            lambda: self.shop.change(
                sku, new_sku=new_sku, reorder_point=reorder_point, is_archived=is_archived
            ),
            200,
        )

    @rule(sku=skus, quantity=few)
    def receive(self, sku: str, quantity: int) -> None:
        body = {"quantity": quantity}
        self.ask(
            f"/v1/inventory/{sku}/receipts", body, lambda: self.shop.receive(sku, quantity), 201
        )

    @rule(sku=skus, change=st.integers(-6, 6).filter(bool))
    def adjust(self, sku: str, change: int) -> None:
        body = {"change": change, "reason": "lost"}
        self.ask(
            f"/v1/inventory/{sku}/adjustments",
            body,
            lambda: self.shop.adjust(sku, change, "lost"),
            201,
        )

    @rule(sku=skus, counted=st.integers(0, 12), ago=st.none() | st.integers(0, 6))
    def count(self, sku: str, counted: int, ago: int | None) -> None:
        as_of = None if ago is None else max(len(self.shop.log) - ago, 0)
        body = {"counted": counted, "as_of": as_of}
        self.ask(
            f"/v1/inventory/{sku}/counts", body, lambda: self.shop.count(sku, counted, as_of), 201
        )

    # Orders

    @rule(wanted=lines)
    def sell(self, wanted: list[tuple[str, int]]) -> None:
        self.place(wanted, {}, None)

    @rule(wanted=lines, lasts=seconds)
    def hold(self, wanted: list[tuple[str, int]], lasts: int) -> None:
        self.place(wanted, {"expires_in": lasts}, timedelta(seconds=lasts))

    def place(
        self, wanted: list[tuple[str, int]], more: dict[str, int], time: timedelta | None
    ) -> None:
        body = {"lines": [{"sku": sku, "quantity": n} for sku, n in wanted], **more}
        placed = self.ask(
            "/v1/orders", body, lambda: self.shop.place(self.next_order, wanted, time), 201
        )
        if placed:
            assert placed["id"] == self.next_order
            self.next_order += 1

    @rule(sku=skus, quantity=few, lasts=st.none() | seconds)
    def reserve(self, sku: str, quantity: int, lasts: int | None) -> None:
        time = timedelta(seconds=lasts) if lasts else configured.settings.hold

        def reserve() -> None:
            self.shop.product(sku)
            self.shop.place(self.next_order, [(sku, quantity)], time)

        body = {"quantity": quantity, "expires_in": lasts}
        made = self.ask(f"/v1/inventory/{sku}/reservations", body, reserve, 201)
        if made:
            assert (made["id"], made["quantity"]) == (self.next_order, quantity)
            self.next_order += 1

    @rule(order=which)
    def complete(self, order: int) -> None:
        number = self.some(order)
        self.ask(f"/v1/orders/{number}/completion", {}, lambda: self.shop.complete(number))

    @rule(order=which)
    def cancel(self, order: int) -> None:
        number = self.some(order)
        self.ask(f"/v1/orders/{number}/cancellation", {}, lambda: self.shop.cancel(number))

    @rule(order=which, lasts=seconds)
    def extend(self, order: int, lasts: int) -> None:
        number, time = self.some(order), timedelta(seconds=lasts)
        body = {"expires_in": lasts}
        self.ask(f"/v1/orders/{number}/extension", body, lambda: self.shop.extend(number, time))

    @rule(order=which, quantity=st.none() | few)
    def release(self, order: int, quantity: int | None) -> None:
        number = self.some(order)
        told = self.ask(
            f"/v1/reservations/{number}/release",
            {"quantity": quantity},
            lambda: self.shop.release(number, quantity),
        )
        if told:
            (line,) = self.shop.orders[number].lines.values()
            left = line.quantity if self.shop.status(number) == OPEN else 0
            assert told["quantity"] == left

    @rule(order=which, chosen=backs)
    def take_back(self, order: int, chosen: list[tuple[int, int, str]]) -> None:
        number = self.some(order)
        sold = [p.sku for p in self.shop.orders[number].lines] if number < self.next_order else []
        skus = [*sold, *sold, "MUG", "NIX"]
        back = [Back(skus[line % len(skus)], n, condition) for line, n, condition in chosen]
        self.ask(
            f"/v1/orders/{number}/returns",
            {"lines": [b._asdict() for b in back]},
            lambda: self.shop.take_back(number, back),
            201,
        )

    def some(self, order: int) -> int:
        """One of the newest orders, or one that is not there."""
        return max(self.next_order - order, 1) if order else 999

    # Time, and asking again

    @rule(passed=st.sampled_from([1, 30, 60]), is_swept=st.booleans())
    def wait(self, passed: int, is_swept: bool) -> None:
        self.shop.now += timedelta(seconds=passed)
        if is_swept:
            self.run(orders.expire_due)
            self.shop.expire()

    @rule(step=st.sampled_from(["completion", "cancellation", "extension", "release"]))
    def come_too_late(self, step: str) -> None:
        """To the end of a hold, at the moment when it is over and nobody has swept."""
        held = [n for n in self.shop.orders if self.shop.status(n) == OPEN]
        if held:
            number = held[-1]
            self.shop.now = self.shop.orders[number].expires_at or self.shop.now
            where = "reservations" if step == "release" else "orders"
            body = {"expires_in": 5} if step == "extension" else {}
            is_one = len(self.shop.orders[number].lines) == 1
            kind = "not-found" if step == "release" and not is_one else "order-closed"
            self.ask(f"/v1/{where}/{number}/{step}", body, lambda: refuse(kind))

    @rule(number=st.integers(0, 40), is_other=st.booleans())
    def ask_again(self, number: int, is_other: bool) -> None:
        """Under a key that was used: the same, or something else."""
        number %= len(self.asked)
        address, content, first = self.asked[number]
        again = self.send("POST", address, content + b" " * is_other, number)

        if is_other:
            assert (again.status_code, again.json()["type"]) == (422, "idempotency-mismatch")
        else:
            assert (again.status_code, again.content) == (first.status_code, first.content)
            assert again.headers["idempotency-replayed"] == "true"

    @rule()
    def look_at_the_lists(self) -> None:
        low = {level["sku"] for level in self.get("/v1/low-stock")["items"]}
        assert low == {p.sku for p in self.shop.products if p.is_low and not p.is_archived}
        for status in (OPEN, COMPLETED, CANCELLED, EXPIRED):
            told = [order["id"] for order in self.get(f"/v1/orders?status={status}")["items"]]
            having = [n for n in self.shop.orders if self.shop.status(n) == status]
            assert told == sorted(having, reverse=True)
        for product in self.shop.products:
            level = self.get(f"/v1/inventory/{product.sku}")
            assert (level["on_hand"], level["reserved"]) == (product.on_hand, product.reserved)
            assert level["last_event_id"] == product.was[-1][0]

    # What holds after every step

    @invariant()
    def all_agree(self) -> None:
        books.add_up(self.books)
        after = max(len(self.shop.log) - 15, 0)
        asked = (f"/v1/events?after={after}", "/v1/products", "/v1/orders?limit=10")
        log, products, placed = (told["items"] for told in self.run(lambda: self._get(*asked)))
        self._same_log(log, after)
        self._same_products(products)
        self._same_orders(placed)

    def _same_log(self, told: list[Any], after: int) -> None:
        assert [event["id"] for event in told] == list(range(after + 1, len(self.shop.log) + 1))
        for event in told:
            said = Event(*(event["order_id" if f == "order" else f] for f in Event._fields))
            model = self.shop.log[event["id"] - 1]
            assert said == model._replace(sku=said.sku)  # which may be renamed since

    def _same_products(self, told: list[Any]) -> None:
        sold = {product.sku: product for product in self.shop.products if not product.is_archived}
        assert {product["sku"] for product in told} == set(sold)
        for product in told:
            model = sold[product["sku"]]
            assert (product["on_hand"], product["reserved"]) == (model.on_hand, model.reserved)
            assert (product["available"], product["is_low"]) == (model.available, model.is_low)
            assert product["is_out"] == (model.available == 0)

    def _same_orders(self, told: list[Any]) -> None:
        newest = sorted(self.shop.orders, reverse=True)[:10]
        assert [order["id"] for order in told] == newest
        for order in told:
            model = self.shop.orders[order["id"]]
            assert order["status"] == self.shop.status(order["id"])
            assert order["total_cents"] == model.total_cents
            assert {
                line["sku"]: (line["quantity"], line["returned"]) for line in order["lines"]
            } == {p.sku: (line.quantity, line.returned) for p, line in model.lines.items()}
