"""Orders for programs."""

import httpx
import pytest

from app.accounts.tables import Scope
from app.orders.tables import Order
from app.stock import queries as stock
from tests import api, make


def one(sku: str, quantity: object = 1) -> dict[str, object]:
    return {"lines": [{"sku": sku, "quantity": quantity}]}


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, object] = answer.json()
    assert told["status"] == answer.status_code
    return told


async def test_an_order_is_sold_and_answered_whole():
    mug = await make.product("MUG", name="Blue mug", on_hand=5, price_cents=350)

    async with api.program() as till:
        answer = await till.post("/v1/orders", json={**one("mug", 2), "reference": "web 17"})
        shown = await till.get(f"/v1/orders/{answer.json()['id']}")

    assert answer.status_code == 201
    order = answer.json()
    assert order["lines"] == [
        {"sku": "MUG", "name": "Blue mug", "quantity": 2, "unit_price_cents": 350, "returned": 0}
    ]
    assert (order["status"], order["total_cents"], order["reference"], order["customer"]) == (
        "completed",
        700,
        "web 17",
        None,
    )
    assert order["number"] == str(order["id"])
    assert order["clerk"] == "till"
    assert shown.json() == order
    assert (await stock.level(mug)).on_hand == 3


async def test_too_few_is_a_409_that_names_every_shortage_and_changes_nothing():
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=1)
    await make.product("CUP", on_hand=0)
    lines = [{"sku": sku, "quantity": 2} for sku in ("MUG", "BOWL", "CUP")]

    async with api.program() as till:
        answer = await till.post("/v1/orders", json={"lines": lines})

    assert answer.status_code == 409
    told = problem(answer)
    assert told["type"] == "insufficient-stock"
    assert told["shortages"] == [
        {"sku": "BOWL", "wanted": 2, "available": 1},
        {"sku": "CUP", "wanted": 2, "available": 0},
    ]
    assert (await stock.level(mug)).on_hand == 5
    assert await Order.count() == 0


async def test_unknown_products_are_a_404_that_names_them():
    async with api.program() as till:
        answer = await till.post("/v1/orders", json=one("NIX"))

    assert answer.status_code == 404
    told = problem(answer)
    assert (told["type"], told["skus"]) == ("unknown-product", ["NIX"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"[", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b'{"lines": []}', "lines"),
        (b'{"lines": [{"sku": "MUG"}]}', "lines[0]"),
        (b'{"lines": [{"sku": "MUG", "quantity": 0}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": -1}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1000001}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1.0}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1e3}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": "1"}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": true}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": null}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": "MUG", "quantity": 9223372036854775808}]}', "lines[0].quantity"),
        (b'{"lines": [{"sku": 5, "quantity": 1}]}', "lines[0].sku"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1, "price": 0}]}', "lines[0]"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1}], "status": "open"}', "body"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1}], "reference": "a\\u0000b"}', "reference"),
        (b'{"lines": [{"sku": "MUG", "quantity": 1}], "customer": "\\ud800"}', "body"),
        (b"[" * 100_000, "body"),
        (b'{"lines": ' + b"9" * 5_000 + b"}", "lines"),
        (b"\xff\xfe", "body"),
    ],
)
async def test_what_cannot_be_understood_is_a_400_with_its_field(body: bytes, field: str):
    mug = await make.product("MUG", on_hand=5)

    async with api.program() as till:
        answer = await till.post("/v1/orders", content=body)

    assert answer.status_code == 400
    told = problem(answer)
    assert told["type"] == "invalid"
    assert [error["field"] for error in told["errors"]] == [field]  # type: ignore[attr-defined]
    assert (await stock.level(mug)).on_hand == 5


async def test_the_same_key_and_question_get_the_same_answer_once_sold():
    mug = await make.product("MUG", on_hand=5)

    async with api.program() as till:
        first = await till.post("/v1/orders", json=one("MUG"), headers={"Idempotency-Key": "a"})
        again = await till.post("/v1/orders", json=one("MUG"), headers={"Idempotency-Key": "a"})
        other = await till.post("/v1/orders", json=one("MUG", 2), headers={"Idempotency-Key": "a"})

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert other.status_code == 422
    assert problem(other)["type"] == "idempotency-mismatch"
    assert (await stock.level(mug)).on_hand == 4


async def test_a_refusal_is_answered_again_as_it_was():
    await make.product("MUG", on_hand=1)

    async with api.program() as till:
        first = await till.post("/v1/orders", json=one("MUG", 2), headers={"Idempotency-Key": "a"})
        again = await till.post("/v1/orders", json=one("MUG", 2), headers={"Idempotency-Key": "a"})

    assert first.status_code == again.status_code == 409
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", ["", " ", "ä", "a b", "k" * 256])
async def test_a_key_is_visible_ascii(key: str):
    mug = await make.product("MUG", on_hand=1)

    async with api.program() as till:
        answer = await till.post(
            "/v1/orders", json=one("MUG"), headers=[(b"Idempotency-Key", key.encode())]
        )

    assert answer.status_code == 400
    assert (await stock.level(mug)).on_hand == 1


async def test_a_token_is_needed_and_one_that_may_write():
    mug = await make.product("MUG", on_hand=5)

    async with api.program(Scope.READ) as reader:
        forbidden = await reader.post("/v1/orders", json=one("MUG"))
        reading = await reader.get("/v1/inventory/mug")
        for authorization in ("", "Bearer nonsense", "Basic abc"):
            denied = await reader.post(
                "/v1/orders", json=one("MUG"), headers={"Authorization": authorization}
            )
            assert denied.status_code == 401
            assert problem(denied)["type"] == "unauthenticated"
            assert denied.headers["www-authenticate"] == "Bearer"

    assert forbidden.status_code == 403
    assert problem(forbidden)["type"] == "forbidden"
    assert reading.status_code == 200
    assert (await stock.level(mug)).on_hand == 5


@pytest.mark.parametrize("order", ["0", "-1", "x", "1_0", "9" * 30, "%00", "٣"])
async def test_an_order_that_cannot_be_is_not_found(order: str):
    async with api.program() as till:
        answer = await till.get(f"/v1/orders/{order}")

    assert answer.status_code == 404
    assert problem(answer)["type"] == "not-found"
