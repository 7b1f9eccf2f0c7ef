"""What the shop asks of its shelves."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import cast

import msgspec

from app import fields
from app.catalog.tables import Product
from app.database import DB, Arg, Prepared
from app.database.dialect import settled
from app.errors import NotFound
from app.stock.tables import StockEvent


class State(StrEnum):
    """How a product stands, in the word of its badge."""

    AVAILABLE = "available"
    LOW = "low"
    OUT = "out"
    ALL_RESERVED = "all reserved"


class Shelf(msgspec.Struct, frozen=True):
    """One product and how many there are: what a badge shows."""

    id: int
    sku: str
    name: str
    on_hand: int
    reserved: int
    reorder_point: int
    as_of: int  # the newest event in the log when this was read; what a screen compares

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        return self.on_hand - self.reserved <= self.reorder_point

    @property
    def is_out(self) -> bool:
        return self.on_hand == self.reserved

    @property
    def state(self) -> State:
        """The one word that a badge says."""
        if not self.is_low:
            return State.AVAILABLE
        if not self.is_out:
            return State.LOW
        return State.ALL_RESERVED if self.on_hand else State.OUT


class Level(Shelf, frozen=True):
    """A product with its level and price, as the stock list shows it."""

    price_cents: int


class Event(msgspec.Struct, frozen=True):
    """One entry of a product's history."""

    id: int
    kind: str  # an EventKind
    on_hand_change: int
    reserved_change: int
    on_hand: int
    reserved: int
    reason: str | None
    note: str
    order_id: int | None
    actor: str
    happened_at: datetime
    operation: int | None = None
    undoes: int | None = None

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def on_hand_before(self) -> int:
        return self.on_hand - self.on_hand_change

    @property
    def reserved_before(self) -> int:
        return self.reserved - self.reserved_change

    @property
    def available_before(self) -> int:
        return self.available - self.on_hand_change + self.reserved_change


# One read gives the level and the event number that belongs to it, so that a live update which is
# older than what the screen shows can be told from one that is newer.
SHELF_COLUMNS = (
    "product.id, product.sku, product.name, l.on_hand, l.reserved, l.reorder_point, "
    f"({settled('stock_event', DB.engine_type)}) AS as_of"
)
LEVELS = (
    f"SELECT {SHELF_COLUMNS}, product.price_cents "
    "FROM product JOIN stock_level l ON l.product = product.id"
)

_LEVEL = Prepared(Product.raw(f"{LEVELS} WHERE product.id = {{}}", Arg("id")), Level)
_LEVEL_BY_SKU = Prepared(Product.raw(f"{LEVELS} WHERE product.sku_key = {{}}", Arg("key")), Level)
_LAST_EVENT = Prepared(StockEvent.raw(settled("stock_event", DB.engine_type)), int)


_CHANGED = Prepared(
    StockEvent.raw(
        "SELECT DISTINCT product FROM stock_event WHERE id > {} AND id <= {} LIMIT {}",
        Arg("after"),
        Arg("upto"),
        Arg("limit"),
    ),
    int,
)
_CHANGED_ORDERS = Prepared(
    StockEvent.raw(
        "SELECT DISTINCT order_id FROM stock_event WHERE id > {} AND id <= {} "
        "AND order_id IS NOT NULL LIMIT {}",
        Arg("after"),
        Arg("upto"),
        Arg("limit"),
    ),
    int,
)
_LAST_EVENT_OF = Prepared(
    StockEvent.raw(
        "SELECT coalesce(max(id), 0) FROM stock_event WHERE product = {}", Arg("product")
    ),
    int,
)
_TIME_FROM = Prepared(
    StockEvent.raw(
        "SELECT happened_at FROM stock_event WHERE id >= {} ORDER BY id LIMIT 1", Arg("id")
    ),
    lambda at: cast("datetime", at),
)


async def level(product: int) -> Level:
    """One product's level, or NotFound."""
    found = await _LEVEL.first(id=product)
    if found is None:
        raise NotFound("There is no such product.")
    return found


async def level_by_sku(sku: str) -> Level:
    """One product's level, found without regard to case, or NotFound."""
    found = await _LEVEL_BY_SKU.first(key=fields.sku_key(sku))
    if found is None:
        raise NotFound(f"There is no product with the SKU {sku}.")
    return found


async def levels(products: Sequence[int]) -> list[Level]:
    """The levels of these products, in no particular order."""
    if not products:
        return []
    among = f"{LEVELS} WHERE product.id IN ({', '.join(map(str, products))})"
    return await Prepared(Product.raw(among), Level).all()


async def levels_by_sku(skus: Sequence[str]) -> list[Level]:
    """The levels of these SKUs, as far as there are such products."""
    found = [await _LEVEL_BY_SKU.first(key=fields.sku_key(sku)) for sku in skus]
    return [level for level in found if level]


async def changed(after: int, upto: int, *, limit: int) -> list[int]:
    """The products that something happened to behind one event, up to another."""
    return await _CHANGED.all(after=after, upto=upto, limit=limit)


async def changed_orders(after: int, upto: int, *, limit: int) -> list[int]:
    """The orders for which something happened behind one event, up to another."""
    return await _CHANGED_ORDERS.all(after=after, upto=upto, limit=limit)


async def last_event() -> int:
    """The number up to which the log is complete for good: who begins to follow, begins here.

    0 when nothing has happened yet.
    """
    return await _LAST_EVENT.one()


async def last_event_of(product: int) -> int:
    """The number of a product's newest event; 0 when nothing has happened to it yet."""
    return await _LAST_EVENT_OF.one(product=product)


async def last_events(products: Sequence[int]) -> dict[int, int]:
    """The number of the newest event of each of these products."""
    return {product: await last_event_of(product) for product in products}


async def first_event_since(moment: datetime) -> int:
    """The number of the first event at a moment or behind it; one more than the newest if none is.

    Time grows with the numbers, so it is halved along the primary key and needs no index.
    """
    low, high = 1, await last_event() + 1
    while low < high:
        middle = (low + high) // 2
        if await _TIME_FROM.one(id=middle) < moment:
            low = middle + 1
        else:
            high = middle
    return low


EVENT_COLUMNS = (
    StockEvent.id,
    StockEvent.kind,
    StockEvent.on_hand_change,
    StockEvent.reserved_change,
    StockEvent.on_hand,
    StockEvent.reserved,
    StockEvent.reason,
    StockEvent.note,
    StockEvent.order_id,
    StockEvent.actor,
    StockEvent.happened_at,
    StockEvent.operation,
    StockEvent.undoes,
)
_EVENTS = Prepared(
    StockEvent.select(*EVENT_COLUMNS)
    .where(StockEvent.product == Arg("product"), StockEvent.id < Arg("before"))
    .order_by(StockEvent.id, ascending=False)
    .limit(51),
    Event,
)


async def events(product: int, before: int | None = None) -> Sequence[Event]:
    """A product's history, newest first: 50 entries, and one more if there are older ones."""
    return await _EVENTS.all(product=product, before=before or 1 << 62)
