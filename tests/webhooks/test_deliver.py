"""From the event log to a receiver: what arrives, in which order, and how it is signed."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from app import clock
from app.database import DB
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.webhooks import actions
from app.webhooks.worker import Worker
from tests import make, shops
from tests.webhooks import log
from tests.webhooks.receiver import Receiver, receiving

NOON = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)


async def secret_of(hook: int) -> str:
    ((secret,),) = await DB.fetch(shops.marked("SELECT secret FROM hook WHERE id = ?"), (hook,))
    return str(secret)


async def test_a_sale_is_told_as_the_contract_says(receiver: Receiver):
    await make.product("MUG", on_hand=5)
    await actions.add(receiver.address, actor="Priya")
    with clock.at(NOON):
        await orders.place([Wanted("MUG", 2)], actor="Robin")

    await log.work()

    (got,) = receiver.got
    assert got.line == "POST /told?by=onhand HTTP/1.1"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"] == "Onhand"
    assert got.headers["onhand-delivery"] == str((await log.one())["id"])
    assert got.event == {
        "id": 2,
        "type": "InventorySold",
        "sku": "MUG",
        "on_hand_change": -2,
        "reserved_change": 0,
        "on_hand": 3,
        "reserved": 0,
        "available": 3,
        "reason": None,
        "note": "",
        "order_id": 1,
        "actor": "Robin",
        "happened_at": "2026-11-20T12:00:07Z",
    }
    delivered = await log.one()
    assert (delivered["status"], delivered["attempts"], delivered["code"]) == ("delivered", 1, 200)


async def test_it_is_signed_so_that_the_receiver_can_tell_who_and_when(receiver: Receiver):
    mug = await make.product("MUG", on_hand=5)
    hook = await actions.add(receiver.address, actor="Priya")
    with clock.at(NOON):
        await stock.receive(mug, 1, actor="Zoë", note="“late” £")

        await log.work()

    (got,) = receiver.got
    parts = dict(part.split("=") for part in got.headers["onhand-signature"].split(","))
    signed = str(int(NOON.timestamp())).encode() + b"." + got.body
    right = hmac.new((await secret_of(hook)).encode(), signed, hashlib.sha256).hexdigest()
    assert parts == {"t": "1795176007", "v1": right}


async def test_a_hook_begins_where_it_was_added_and_misses_nothing_after(receiver: Receiver):
    mug = await make.product("MUG", on_hand=1)
    await actions.add(receiver.address, actor="Priya")
    for n in range(1, 6):
        await stock.receive(mug, n, actor="Robin")

    await log.work()

    assert [got.event["on_hand_change"] for got in receiver.got] == [1, 2, 3, 4, 5]
    assert receiver.most_at_once == 1


async def test_more_than_one_step_of_the_log_arrives_whole_and_in_order(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(actions.taking, "AT_ONCE", 3)
    mug = await make.product("MUG", on_hand=1)
    await actions.add(receiver.address, actor="Priya")
    for n in range(1, 9):
        await stock.receive(mug, n, actor="Robin")

    await log.work()

    assert [got.event["on_hand_change"] for got in receiver.got] == list(range(1, 9))


async def test_a_hook_is_told_of_the_types_it_asked_for(receiver: Receiver):
    mug = await make.product("MUG", on_hand=5, reorder_point=3)
    await actions.add(receiver.address, types=["LowStockDetected"], actor="Priya")
    await orders.place([Wanted("MUG", 2)], actor="Robin")
    await stock.receive(mug, 9, actor="Robin")

    await log.work()

    assert [got.event["type"] for got in receiver.got] == ["LowStockDetected"]


async def test_a_running_worker_tells_at_once(receiver: Receiver):
    mug = await make.product("MUG", on_hand=5)
    await actions.add(receiver.address, actor="Priya")

    async with Worker().running():
        await stock.receive(mug, 1, actor="Robin")
        await receiver.has(1)
        await stock.receive(mug, 2, actor="Robin")
        await receiver.has(2)
        await log.is_done()

    assert [row["status"] for row in await log.rows()] == ["delivered", "delivered"]


async def test_a_receiver_that_is_slow_holds_up_no_other(receiver: Receiver):
    mug = await make.product("MUG", on_hand=5)
    async with receiving() as slow:
        slow.hold()
        await actions.add(slow.address, actor="Priya")
        await actions.add(receiver.address, actor="Priya")

        async with Worker().running():
            for n in (1, 2, 3):
                await stock.receive(mug, n, actor="Robin")
            await receiver.has(3)
            assert len(slow.got) == 1
            slow.release()
            await log.is_done()

    assert [got.event["on_hand_change"] for got in slow.got] == [1, 2, 3]


async def test_no_order_waits_for_a_receiver(receiver: Receiver):
    await make.product("MUG", on_hand=500)
    await actions.add(receiver.address, actor="Priya")
    receiver.hold()

    async with Worker().running():
        async with asyncio.timeout(2):
            for _ in range(100):
                await orders.place([Wanted("MUG", 1)], actor="Robin")
        await receiver.has(1)
        receiver.release()
        await log.is_done()

    assert len(receiver.got) == 100


async def test_a_test_is_an_event_that_never_happened(receiver: Receiver):
    hook = await actions.add(receiver.address, types=["InventorySold"], actor="Priya")

    await actions.send_test(hook, actor="Priya")
    await log.work()

    (got,) = receiver.got
    assert (got.event["id"], got.event["type"], got.event["actor"]) == (0, "Test", "Priya")
    assert len(got.headers["onhand-signature"]) > 64
