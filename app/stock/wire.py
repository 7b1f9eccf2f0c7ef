"""Products, levels and events as programs are told them: on ``/v1``, its stream, in webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from app.catalog.queries import Entry
from app.stock.lists import Status
from app.stock.queries import Event, Level
from app.stock.tables import AdjustmentReason, EventKind
from app.web import kinds

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


Type = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(TYPES.values())})]


class EventOut(msgspec.Struct, frozen=True):
    """One entry of the event log."""

    id: int
    type: Type
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


class ProductIn(msgspec.Struct, forbid_unknown_fields=True):
    """A product to take into the shop, with its opening stock."""

    sku: kinds.Sku
    name: kinds.Name
    price_cents: kinds.Cents
    category: kinds.Category = ""
    barcodes: kinds.Barcodes = []
    reorder_point: kinds.Units = 0
    on_hand: kinds.Units = 0


class ProductChange(msgspec.Struct, forbid_unknown_fields=True):
    """What changes of a product; what is not given stays as it is."""

    sku: kinds.Sku | UnsetType = UNSET
    name: kinds.Name | UnsetType = UNSET
    category: kinds.Category | UnsetType = UNSET
    barcodes: kinds.Barcodes | UnsetType = UNSET
    price_cents: kinds.Cents | UnsetType = UNSET
    reorder_point: kinds.Units | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class ProductOut(msgspec.Struct):
    """A product and how many there are."""

    sku: str
    name: str
    category: str
    barcodes: Sequence[str]
    price_cents: int
    reorder_point: int
    on_hand: int
    reserved: int
    available: int
    is_low: bool
    is_out: bool
    archived: bool
    updated_at: datetime

    @classmethod
    def of(cls, level: Level, entry: Entry) -> "ProductOut":
        return cls(
            sku=level.sku,
            name=level.name,
            category=entry.category,
            barcodes=entry.barcodes,
            price_cents=level.price_cents,
            reorder_point=level.reorder_point,
            on_hand=level.on_hand,
            reserved=level.reserved,
            available=level.available,
            is_low=level.is_low,
            is_out=level.is_out,
            archived=entry.archived,
            updated_at=entry.updated_at,
        )


class ProductsOut(msgspec.Struct):
    """One page of products."""

    items: Sequence[ProductOut]
    next_cursor: str | None


class ProductsAsked(msgspec.Struct):
    search: str = ""
    status: Status | None = None
    limit: kinds.Limit = 50
    cursor: kinds.Cursor | None = None


class LevelOut(msgspec.Struct):
    """How many there are of one product, up to one event."""

    sku: str
    name: str
    on_hand: int
    reserved: int
    available: int
    reorder_point: int
    is_low: bool
    is_out: bool
    last_event_id: int

    @classmethod
    def of(cls, level: Level, last_event: int) -> "LevelOut":
        return cls(
            sku=level.sku,
            name=level.name,
            on_hand=level.on_hand,
            reserved=level.reserved,
            available=level.available,
            reorder_point=level.reorder_point,
            is_low=level.is_low,
            is_out=level.is_out,
            last_event_id=last_event,
        )


class LevelsOut(msgspec.Struct):
    """One page of levels."""

    items: Sequence[LevelOut]
    next_cursor: str | None


class ReceiptIn(msgspec.Struct, forbid_unknown_fields=True):
    """A delivery that arrived."""

    quantity: kinds.Quantity
    note: kinds.Note = ""


class AdjustmentIn(msgspec.Struct, forbid_unknown_fields=True):
    """A correction of the shelf, and why."""

    change: kinds.Change
    reason: AdjustmentReason
    note: kinds.Note = ""


class CountIn(msgspec.Struct, forbid_unknown_fields=True):
    """What was counted, and, if it was not now, up to which event it was known then."""

    counted: kinds.Units
    as_of: kinds.EventId | None = None
