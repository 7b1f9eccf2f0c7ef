"""Another program holds the shop's lock: what a till is told, and what a clerk still sees."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.database import writer
from app.orders.tables import Order
from tests import api, make

pytestmark = pytest.mark.sqlite


async def test_a_lock_held_for_too_long_is_a_503_that_may_be_tried_again(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "PATIENCE", 0.05)
    await make.product("MUG-BLUE", on_hand=5)
    wish = {"lines": [{"sku": "MUG-BLUE", "quantity": 2}]}
    key = {"Idempotency-Key": "wish"}

    async with api.program() as till:
        with closing(sqlite3.connect(shop, isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")
            busy = await till.post("/v1/orders", json=wish, headers=key)
            shelf = await till.get("/v1/inventory/MUG-BLUE")
        sold = await till.post("/v1/orders", json=wish, headers=key)

    assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")
    assert busy.json()["type"] == "busy"
    assert (shelf.status_code, shelf.json()["on_hand"]) == (200, 5)
    assert (sold.status_code, "idempotency-replayed" in sold.headers) == (201, False)
    assert await Order.count() == 1
