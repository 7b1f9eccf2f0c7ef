"""The life of an order for programs: held, extended, completed, cancelled, returned, expired."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app import clock
from app.orders import actions as orders
from app.orders import queries as found
from app.orders.tables import Order
from app.settings import settings
from app.stock import queries
from app.stock.tables import StockEvent
from tests import api, make

MUG = "/v1/inventory/MUG"


async def level(sku: str = "MUG") -> tuple[int, int]:
    shelf = await queries.level_by_sku(sku)
    return shelf.on_hand, shelf.reserved


async def held(till: httpx.AsyncClient, quantity: int = 2, **more: Any) -> dict[str, Any]:
    body = {"lines": [{"sku": "MUG", "quantity": quantity}], "expires_in": 60, **more}
    answer = await till.post("/v1/orders", json=body)
    assert answer.status_code == 201
    told: dict[str, Any] = answer.json()
    return told


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"]


async def test_an_order_with_a_time_is_held_and_not_sold():
    await make.product("MUG", on_hand=5, price_cents=350)

    async with api.program() as till:
        order = await held(till, customer="Anna")
        shown = (await till.get(f"/v1/orders/{order['id']}")).json()

    lasts = datetime.fromisoformat(order["expires_at"]) - datetime.fromisoformat(
        order["created_at"]
    )
    assert shown == order
    assert (order["status"], order["total_cents"], order["customer"]) == ("open", 700, "Anna")
    assert (lasts, order["completed_at"]) == (timedelta(seconds=60), None)
    assert await level() == (5, 2)


async def test_a_hold_is_completed_once():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        order = await held(till)
        first = await till.post(f"/v1/orders/{order['id']}/completion")
        again = await till.post(f"/v1/orders/{order['id']}/completion")

    assert (first.status_code, first.json()["status"]) == (200, "completed")
    assert first.json()["completed_at"]
    assert problem(again) == (409, "order-closed")
    assert await level() == (3, 0)


async def test_a_hold_is_cancelled_once_and_released():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        order = await held(till)
        first = await till.post(f"/v1/orders/{order['id']}/cancellation")
        again = await till.post(f"/v1/orders/{order['id']}/cancellation")
        late = await till.post(f"/v1/orders/{order['id']}/completion")

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert problem(again) == problem(late) == (409, "order-closed")
    assert await level() == (5, 0)


async def test_a_sale_is_cancelled_once_and_what_has_not_come_back_is_put_back():
    await make.product("MUG", on_hand=5)
    lines = [{"sku": "MUG", "quantity": 1, "condition": "damaged"}]

    async with api.program() as till:
        order = (
            await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 3}]})
        ).json()
        await till.post(f"/v1/orders/{order['id']}/returns", json={"lines": lines})
        first = await till.post(f"/v1/orders/{order['id']}/cancellation")
        again = await till.post(f"/v1/orders/{order['id']}/cancellation")

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert problem(again) == (409, "order-closed")
    assert await level() == (4, 0)


async def test_an_extension_counts_from_now():
    await make.product("MUG", on_hand=5)
    now = clock.now()

    async with api.program() as till:
        with clock.at(now):
            order = await held(till)
        with clock.at(now + timedelta(seconds=59)):
            answer = await till.post(
                f"/v1/orders/{order['id']}/extension", json={"expires_in": 100}
            )

    assert answer.status_code == 200
    ends = datetime.fromisoformat(answer.json()["expires_at"])
    assert ends == now + timedelta(seconds=159)


@pytest.mark.parametrize(
    "step", ["completion", "cancellation", "extension", "release"], ids=lambda step: step
)
async def test_a_hold_that_is_over_takes_no_step_though_nobody_swept(step: str):
    await make.product("MUG", on_hand=5)
    now = clock.now()

    async with api.program() as till:
        with clock.at(now):
            order = await held(till)
        with clock.at(now + timedelta(seconds=60)):
            where = "reservations" if step == "release" else "orders"
            body = {"expires_in": 60} if step == "extension" else None
            answer = await till.post(f"/v1/{where}/{order['id']}/{step}", json=body)
            shown = (await till.get(f"/v1/orders/{order['id']}")).json()
            swept = await orders.expire_due()

    assert problem(answer) == (409, "order-closed")
    assert (shown["status"], swept) == ("expired", 1)
    assert await level() == (5, 0)


async def test_what_comes_back_is_written_down_by_its_condition():
    await make.product("MUG", on_hand=5)
    lines = [
        {"sku": "mug", "quantity": 1, "condition": "shelf"},
        {"sku": "MUG", "quantity": 1, "condition": "damaged"},
        {"sku": "MUG", "quantity": 1, "condition": "gone"},
    ]

    async with api.program() as till:
        order = (
            await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 4}]})
        ).json()
        answer = await till.post(f"/v1/orders/{order['id']}/returns", json={"lines": lines})
        events = (await till.get("/v1/events?limit=200")).json()["items"]

    back = [e for e in events if e["type"] == "InventoryReturned"]
    assert (answer.status_code, answer.json()["lines"][0]["returned"]) == (201, 3)
    assert [(e["on_hand_change"], e["reason"]) for e in back] == [
        (1, None),
        (0, "damaged"),
        (0, "gone"),
    ]
    assert await level() == (2, 0)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"sku": "MUG", "quantity": 3}, (409, "over-returned")),
        ({"sku": "BOWL", "quantity": 1}, (409, "over-returned")),
        ({"sku": "NIX", "quantity": 1}, (404, "unknown-product")),
    ],
)
async def test_what_was_not_sold_does_not_come_back(line: dict[str, Any], refusal: tuple[int, str]):
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    lines = [{"sku": "MUG", "quantity": 1, "condition": "shelf"}, {**line, "condition": "shelf"}]

    async with api.program() as till:
        order = (
            await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 3}]})
        ).json()
        answer = await till.post(f"/v1/orders/{order['id']}/returns", json={"lines": lines})
        shown = (await till.get(f"/v1/orders/{order['id']}")).json()

    assert problem(answer) == refusal
    assert shown == order
    assert await level() == (2, 0)
    assert await level("BOWL") == (5, 0)


async def test_an_open_order_returns_nothing():
    await make.product("MUG", on_hand=5)
    lines = [{"sku": "MUG", "quantity": 1, "condition": "shelf"}]

    async with api.program() as till:
        order = await held(till)
        answer = await till.post(f"/v1/orders/{order['id']}/returns", json={"lines": lines})

    assert problem(answer) == (409, "order-closed")
    assert await level() == (5, 2)


@pytest.mark.parametrize("seconds", [0, -1, 2_592_001, 1.5, "60"])
@pytest.mark.parametrize("address", ["/v1/orders", "/v1/inventory/MUG/reservations"])
async def test_a_time_that_cannot_be_is_a_400_and_holds_nothing(address: str, seconds: object):
    await make.product("MUG", on_hand=5)
    lines = (
        {"lines": [{"sku": "MUG", "quantity": 1}]} if address == "/v1/orders" else {"quantity": 1}
    )

    async with api.program() as till:
        answer = await till.post(address, json={**lines, "expires_in": seconds})

    assert problem(answer) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["expires_in"]
    assert await Order.count() == 0
    assert await level() == (5, 0)


async def test_thirty_days_are_held():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        order = await held(till, expires_in=2_592_000)

    assert order["status"] == "open"


async def test_a_reservation_is_an_open_order_of_one_line():
    await make.product("MUG", on_hand=5)
    now = clock.now()

    async with api.program() as till:
        with clock.at(now):
            answer = await till.post(
                f"{MUG}/reservations", json={"quantity": 2, "reference": "web 17"}
            )
        order = (await till.get(f"/v1/orders/{answer.json()['id']}")).json()

    ends = now + settings.hold
    assert answer.status_code == 201
    assert answer.json() == {
        "id": order["id"],
        "sku": "MUG",
        "quantity": 2,
        "status": "open",
        "expires_at": ends.isoformat().replace("+00:00", "Z"),
        "reference": "web 17",
    }
    assert (order["status"], order["expires_at"]) == ("open", answer.json()["expires_at"])
    assert await level() == (5, 2)


async def test_a_reservation_is_released_in_parts_and_with_the_last_one_cancelled():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        made = (await till.post(f"{MUG}/reservations", json={"quantity": 3})).json()
        address = f"/v1/reservations/{made['id']}/release"
        part = await till.post(address, json={"quantity": 1})
        too_many = await till.post(address, json={"quantity": 3})
        rest = await till.post(address, json={"quantity": 2})
        again = await till.post(address, json={"quantity": 1})
        order = (await till.get(f"/v1/orders/{made['id']}")).json()

    assert (part.status_code, part.json()["quantity"], part.json()["status"]) == (200, 2, "open")
    assert problem(too_many) == (409, "over-returned")
    assert (rest.status_code, rest.json()["quantity"]) == (200, 0)
    assert rest.json()["status"] == order["status"] == "cancelled"
    assert problem(again) == (409, "order-closed")
    assert await level() == (5, 0)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"quantity": null}'])
async def test_a_reservation_is_released_whole_when_no_quantity_is_said(body: bytes):
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        made = (await till.post(f"{MUG}/reservations", json={"quantity": 3})).json()
        answer = await till.post(f"/v1/reservations/{made['id']}/release", content=body)

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert await level() == (5, 0)


async def test_too_few_are_not_reserved_and_it_is_said_how_many_there_are():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        await held(till, 4)
        answer = await till.post(f"{MUG}/reservations", json={"quantity": 2})

    assert problem(answer) == (409, "insufficient-stock")
    assert answer.json()["shortages"] == [{"sku": "MUG", "wanted": 2, "available": 1}]
    assert await level() == (5, 4)


async def test_an_order_of_several_lines_is_no_reservation():
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    lines = [{"sku": "MUG", "quantity": 1}, {"sku": "BOWL", "quantity": 1}]

    async with api.program() as till:
        order = (await till.post("/v1/orders", json={"lines": lines, "expires_in": 60})).json()
        answer = await till.post(f"/v1/reservations/{order['id']}/release")

    assert problem(answer) == (404, "not-found")
    assert (await level(), await level("BOWL")) == ((5, 1), (5, 1))


async def test_a_sale_is_not_released():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        sale = (
            await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 1}]})
        ).json()
        answer = await till.post(f"/v1/reservations/{sale['id']}/release")

    assert problem(answer) == (409, "order-closed")
    assert await level() == (4, 0)


STEPS = [
    "orders/{}/completion",
    "orders/{}/cancellation",
    "orders/{}/extension",
    "orders/{}/returns",
    "reservations/{}/release",
]
BODIES: dict[str, Any] = {
    "extension": {"expires_in": 60},
    "returns": {"lines": [{"sku": "MUG", "quantity": 1, "condition": "shelf"}]},
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("order", ["9", "0", "x", "-1", "1_0", "9" * 30, "%00", "٣", "draft"])
async def test_an_order_that_is_not_there_for_programs_takes_no_step(step: str, order: str):
    mug = await make.product("MUG", on_hand=5)
    robin = await make.clerk()
    await orders.scan(mug, clerk=robin, actor="Robin")
    cart = await found.cart(robin)
    before = await StockEvent.count()
    assert cart
    address = f"/v1/{step.format(cart.id if order == 'draft' else order)}"

    async with api.program() as till:
        answer = await till.post(address, json=BODIES.get(step.rsplit("/", maxsplit=1)[-1]))

    assert problem(answer) == (404, "not-found")
    assert await StockEvent.count() == before
    assert await found.cart(robin) == cart


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_with_fields_that_it_does_not_know_is_a_400(step: str):
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        order = await held(till)
        body = {**BODIES.get(step.rsplit("/", maxsplit=1)[-1], {}), "colour": "blue"}
        answer = await till.post(f"/v1/{step.format(order['id'])}", json=body)

    assert problem(answer) == (400, "invalid")
    assert await level() == (5, 2)
