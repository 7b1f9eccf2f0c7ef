"""Levels for programs, and what changes them."""

from datetime import timedelta
from typing import Any

import pytest

from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock import queries
from tests import api, make

MUG = "/v1/inventory/MUG"


async def level() -> tuple[int, int]:
    found = await queries.level_by_sku("MUG")
    return found.on_hand, found.reserved


async def test_a_delivery_is_received_and_answered_as_its_event():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        answer = await till.post(f"{MUG}/receipts", json={"quantity": 7, "note": "Monday"})

    told = answer.json()
    assert answer.status_code == 201
    assert told.pop("happened_at").endswith("Z")
    assert told == {
        "id": await queries.last_event(),
        "type": "InventoryReceived",
        "sku": "MUG",
        "on_hand_change": 7,
        "reserved_change": 0,
        "on_hand": 12,
        "reserved": 0,
        "available": 12,
        "reason": None,
        "note": "Monday",
        "order_id": None,
        "actor": "till",
    }
    assert await level() == (12, 0)


async def test_an_adjustment_is_answered_as_its_event_though_it_raises_an_alert():
    await make.product("MUG", on_hand=5, reorder_point=4)

    async with api.program() as till:
        answer = await till.post(f"{MUG}/adjustments", json={"change": -1, "reason": "own_use"})

    told = answer.json()
    assert answer.status_code == 201
    assert (told["type"], told["reason"], told["on_hand"]) == ("InventoryAdjusted", "own_use", 4)
    assert told["id"] == await queries.last_event() - 1  # the alert came behind it
    assert await level() == (4, 0)


async def test_a_count_is_entered_as_its_variance():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        answer = await till.post(f"{MUG}/counts", json={"counted": 3})

    told = answer.json()
    assert (answer.status_code, told["type"]) == (201, "InventoryCounted")
    assert (told["on_hand_change"], told["on_hand"]) == (-2, 3)


async def test_a_count_of_before_a_sale_keeps_the_sale():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        as_of = (await till.get(MUG)).json()["last_event_id"]
        await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 2}]})
        counted = await till.post(f"{MUG}/counts", json={"counted": 4, "as_of": as_of})
        again = await till.post(f"{MUG}/counts", json={"counted": 4, "as_of": as_of})

    assert (counted.status_code, counted.json()["on_hand_change"]) == (201, -1)
    assert (again.status_code, again.json()["type"]) == (409, "stale")
    assert "till counted 2 of MUG" in again.json()["detail"]
    assert await level() == (2, 0)


@pytest.mark.parametrize(
    ("address", "body"),
    [("adjustments", {"change": -4, "reason": "lost"}), ("counts", {"counted": 1})],
)
async def test_what_is_reserved_stays_and_it_is_said_for_whom(address: str, body: dict[str, Any]):
    await make.product("MUG", on_hand=5)
    await orders.place(
        [Wanted("MUG", 2)], customer="Anna", actor="kim", expires_in=timedelta(hours=1)
    )

    async with api.program() as till:
        answer = await till.post(f"{MUG}/{address}", json=body)

    assert (answer.status_code, answer.json()["type"]) == (409, "below-reserved")
    assert "2 for Anna" in answer.json()["detail"]
    assert await level() == (5, 2)


WRONG = [
    ("receipts", b"{}", "body"),
    ("receipts", b'{"quantity": 0}', "quantity"),
    ("receipts", b'{"quantity": 1000001}', "quantity"),
    ("receipts", b'{"quantity": 1, "reason": "found"}', "body"),
    ("receipts", b'{"quantity": 1, "note": "\\u202e"}', "note"),
    ("adjustments", b'{"change": 0, "reason": "lost"}', "change"),
    ("adjustments", b'{"change": -1000001, "reason": "lost"}', "change"),
    ("adjustments", b'{"change": 1}', "body"),
    ("adjustments", b'{"change": 1, "reason": "undo"}', "reason"),
    ("adjustments", b'{"change": 1, "reason": "lost", "note": 5}', "note"),
    ("counts", b'{"counted": -1}', "counted"),
    ("counts", b'{"counted": 1, "as_of": -1}', "as_of"),
    ("counts", b'{"counted": 1, "as_of": 9223372036854775808}', "as_of"),
]


@pytest.mark.parametrize(("address", "body", "field"), WRONG)
async def test_what_cannot_be_understood_is_a_400_and_changes_nothing(
    address: str, body: bytes, field: str
):
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        answer = await till.post(f"{MUG}/{address}", content=body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await level() == (5, 0)


async def test_more_than_a_shelf_can_hold_is_a_400_and_changes_nothing():
    mug = await make.product("MUG", on_hand=1_000_000)
    await stock.receive(mug, 999_000_000, actor="kim")

    async with api.program() as till:
        answer = await till.post(f"{MUG}/receipts", json={"quantity": 1})

    assert (answer.status_code, answer.json()["type"]) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["quantity"]
    assert await level() == (1_000_000_000, 0)


STRANGE = [
    "NIX",
    "%00",
    "a%2Fb",
    "%FF",
    "%E2%80%AE",
    "'",
    "%20",
    "..%2f",
    "x" * 5_000,
    "%F0%9F%AB%96",
]


@pytest.mark.parametrize("sku", STRANGE)
async def test_a_sku_of_strange_characters_is_not_found(sku: str):
    async with api.program() as till:
        answers = [
            await till.get(f"/v1/products/{sku}"),
            await till.patch(f"/v1/products/{sku}", json={}),
            await till.get(f"/v1/inventory/{sku}"),
            await till.post(f"/v1/inventory/{sku}/receipts", json={"quantity": 1}),
            await till.post(f"/v1/inventory/{sku}/counts", json={"counted": 1}),
            await till.post(
                f"/v1/inventory/{sku}/adjustments", json={"change": 1, "reason": "found"}
            ),
            await till.post(f"/v1/inventory/{sku}/reservations", json={"quantity": 1}),
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["type"] for answer in answers} == {"not-found"}
