"""The event log as programs read it."""

from datetime import UTC, datetime

import msgspec

from app import clock
from app.stock import actions as stock
from app.stock import feed, queries
from app.stock.tables import AdjustmentReason, EventKind
from app.stock.wire import TYPES
from tests import make

NOON = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)


async def test_an_event_is_told_as_the_contract_says():
    mug = await make.product("MUG", on_hand=5, reorder_point=2)
    before = await queries.last_event()
    with clock.at(NOON):
        event = await stock.adjust(
            mug, -4, reason=AdjustmentReason.DAMAGED, actor="Robin", note="fell"
        )

    told, alert = await feed.events_after(before, limit=10)

    assert msgspec.json.decode(msgspec.json.encode(told)) == {
        "id": event,
        "type": "InventoryAdjusted",
        "sku": "MUG",
        "on_hand_change": -4,
        "reserved_change": 0,
        "on_hand": 1,
        "reserved": 0,
        "available": 1,
        "reason": "damaged",
        "note": "fell",
        "order_id": None,
        "actor": "Robin",
        "happened_at": "2026-11-20T12:00:00.250000Z",
    }
    assert (alert.id, alert.type, alert.on_hand_change) == (event + 1, "LowStockDetected", 0)


async def test_whoever_asks_behind_the_last_one_sees_every_event_once_in_order():
    mug, bowl = await make.product("MUG"), await make.product("BOWL")
    begin = await queries.last_event()
    for n in range(1, 6):
        await stock.receive(mug if n % 2 else bowl, n, actor="Robin")

    seen = []
    place = begin
    while events := await feed.events_after(place, limit=2):
        place = events[-1].id
        seen += [(e.sku, e.on_hand_change) for e in events if e.type == "InventoryReceived"]

    assert seen == [("MUG", 1), ("BOWL", 2), ("MUG", 3), ("BOWL", 4), ("MUG", 5)]
    assert place == await queries.last_event()


async def test_one_product_has_a_feed_of_its_own():
    mug, bowl = await make.product("MUG", on_hand=1), await make.product("BOWL", on_hand=2)
    await stock.receive(mug, 3, actor="Robin")
    await stock.receive(bowl, 4, actor="Robin")

    events = await feed.events_after(0, product=bowl, limit=10)

    assert {event.sku for event in events} == {"BOWL"}
    assert [e.on_hand_change for e in events if e.on_hand_change] == [2, 4]


def test_every_kind_has_its_type_on_the_wire():
    assert set(TYPES) == set(EventKind)
    assert len(set(TYPES.values())) == len(TYPES)
