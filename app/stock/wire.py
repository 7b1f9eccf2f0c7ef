"""An event as programs are told it, the same on ``/v1``, on its stream and in webhooks."""

from datetime import datetime

import msgspec

from app.stock.queries import Event
from app.stock.tables import EventKind

TYPES: dict[str, str] = {
    EventKind.RECEIVED: "InventoryReceived",
    EventKind.SOLD: "InventorySold",
    EventKind.RESERVED: "InventoryReserved",
    EventKind.RELEASED: "InventoryReleased",
    EventKind.ADJUSTED: "InventoryAdjusted",
    EventKind.COUNTED: "InventoryCounted",
    EventKind.RETURNED: "InventoryReturned",
    EventKind.LOW_STOCK: "LowStockDetected",
    EventKind.RESTOCKED: "LowStockCleared",
}


class EventOut(msgspec.Struct, frozen=True):
    """One entry of the event log."""

    id: int
    type: str
    sku: str
    on_hand_change: int
    reserved_change: int
    on_hand: int
    reserved: int
    available: int
    reason: str | None
    note: str
    order_id: int | None
    actor: str
    happened_at: datetime

    @classmethod
    def of(cls, event: Event, sku: str) -> "EventOut":
        """``sku`` is the name of its product today; that of then is not kept."""
        return cls(
            id=event.id,
            type=TYPES[event.kind],
            sku=sku,
            on_hand_change=event.on_hand_change,
            reserved_change=event.reserved_change,
            on_hand=event.on_hand,
            reserved=event.reserved,
            available=event.available,
            reason=event.reason,
            note=event.note,
            order_id=event.order_id,
            actor=event.actor,
            happened_at=event.happened_at,
        )
