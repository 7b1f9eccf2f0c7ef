"""What changes the shelf: the one guarded update, and the entry in the event log beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from piccolo.columns.combination import WhereRaw

from app import clock, words
from app.catalog import actions as catalog
from app.database import Arg, Prepared, action
from app.database.dialect import BILLION
from app.errors import Invalid, Refusal
from app.stock import queries
from app.stock.tables import AdjustmentReason, EventKind, StockEvent, StockLevel


class Shortage(NamedTuple):
    """One product of which too few are available."""

    product: int
    sku: str
    name: str
    wanted: int
    available: int


class InsufficientStock(Refusal):
    kind = "insufficient-stock"
    title = "Too few are available"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = shortages
        super().__init__(
            " ".join(
                f"Only {words.number(s.available)} of {s.sku} available, "
                f"{words.number(s.wanted)} wanted."
                for s in shortages
            )
        )

    @property
    def details(self) -> Mapping[str, Any]:
        shortages = [
            {"sku": s.sku, "wanted": s.wanted, "available": s.available} for s in self.shortages
        ]
        return {"shortages": shortages}


class BelowReserved(Refusal):
    kind = "below-reserved"
    title = "Some of it is reserved"

    def __init__(self, level: queries.Level) -> None:
        self.level = level
        super().__init__(
            f"{words.number(level.on_hand)} of {level.sku} are on hand, "
            f"{words.number(level.reserved)} of them reserved: "
            f"{words.number(level.available)} can go at most."
        )


class ShelfFull(Invalid):
    def __init__(self, sku: str) -> None:
        super().__init__({"quantity": f"{sku} cannot have more than {words.number(BILLION)}."})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a change writes into the event log beside its numbers."""

    kind: EventKind
    actor: str
    reason: str | None = None
    note: str = ""
    order_id: int | None = None


class _After(NamedTuple):
    on_hand: int
    reserved: int
    reorder_point: int


# The rule of the shop, check and change in one statement: available never falls below zero.
_MOVE = Prepared(
    StockLevel.update(
        {
            StockLevel.on_hand: StockLevel.on_hand + Arg("on_hand"),
            StockLevel.reserved: StockLevel.reserved + Arg("reserved"),
        }
    )
    .where(
        StockLevel.product == Arg("product"),
        WhereRaw('"on_hand" - "reserved" >= {}', Arg("needed")),
        WhereRaw('"reserved" + {} >= 0', Arg("reserved")),
        WhereRaw(f'"on_hand" + {{}} <= {BILLION}', Arg("on_hand")),
    )
    .returning(StockLevel.on_hand, StockLevel.reserved, StockLevel.reorder_point),
    _After,
)
_LOG = Prepared(
    StockEvent.insert(
        StockEvent(
            product=Arg("product"),
            kind=Arg("kind"),
            on_hand_change=Arg("on_hand_change"),
            reserved_change=Arg("reserved_change"),
            on_hand=Arg("on_hand"),
            reserved=Arg("reserved"),
            reason=Arg("reason"),
            note=Arg("note"),
            order_id=Arg("order_id"),
            actor=Arg("actor"),
            happened_at=Arg("happened_at"),
        )
    ).returning(StockEvent.id),
    int,
)


@action
async def sell(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """The goods of an order leave the shelf, or none of them: refused with every shortage at once.

    ``quantities`` are summed per product. They are taken in the order of product ids, so that two
    orders never wait for each other.
    """
    entry = Entry(EventKind.SOLD, actor, order_id=order_id)
    shortages = []
    for product, quantity in sorted(quantities.items()):
        if await _try_move(product, entry, on_hand=-quantity) is None:
            level = await queries.level(product)
            shortages.append(Shortage(product, level.sku, level.name, quantity, level.available))
    if shortages:
        raise InsufficientStock(shortages)


@action
async def put_back(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """Sold goods come back to the shelf, summed per product."""
    entry = Entry(EventKind.RETURNED, actor, order_id=order_id)
    for product, quantity in sorted(quantities.items()):
        await _move(product, entry, on_hand=quantity)


@action
async def receive(product: int, quantity: int, *, actor: str, note: str = "") -> int:
    """A delivery arrives. Returns the id of its event."""
    return await _move(product, Entry(EventKind.RECEIVED, actor, note=note), on_hand=quantity)


@action
async def adjust(
    product: int, change: int, *, reason: AdjustmentReason, actor: str, note: str = ""
) -> int:
    """Correct the shelf and say why, or refuse to go below what is reserved; the event's id."""
    entry = Entry(EventKind.ADJUSTED, actor, reason=reason, note=note)
    return await _move(product, entry, on_hand=change)


@action
async def count(product: int, counted: int, *, actor: str, note: str = "") -> int:
    """Enter what was counted, or refuse to go below what is reserved; the event's id."""
    variance = counted - (await queries.level(product)).on_hand
    return await _move(product, Entry(EventKind.COUNTED, actor, note=note), on_hand=variance)


@action
async def add_product(
    sku: str,
    name: str,
    *,
    price_cents: int,
    actor: str,
    category: str = "",
    barcodes: Sequence[str] = (),
    reorder_point: int = 0,
    on_hand: int = 0,
) -> int:
    """Take a product into the shop with its opening stock; refuses a taken SKU or barcode."""
    product = await catalog.add(
        sku, name, price_cents=price_cents, category=category, barcodes=barcodes
    )
    await StockLevel.insert(
        StockLevel(product=product, on_hand=on_hand, reserved=0, reorder_point=reorder_point)
    )
    opening = Entry(EventKind.RECEIVED, actor, note="opening")
    await _log(product, opening, _After(on_hand, 0, reorder_point), on_hand=on_hand)
    return product


@action
async def edit_product(
    product: int,
    *,
    name: str,
    price_cents: int,
    category: str,
    barcodes: Sequence[str],
    reorder_point: int,
    actor: str,
) -> None:
    """Change what the shop says of a product; refuses a taken barcode."""
    await catalog.edit(
        product, name=name, price_cents=price_cents, category=category, barcodes=barcodes
    )
    await set_reorder_point(product, reorder_point, actor=actor)


@action
async def set_reorder_point(product: int, reorder_point: int, *, actor: str) -> None:
    """From now on alert at this many available. It may raise or clear the alert by itself."""
    before = await queries.level(product)
    await StockLevel.update({StockLevel.reorder_point: reorder_point}).where(
        StockLevel.product == product
    )
    after = _After(before.on_hand, before.reserved, reorder_point)
    note = f"reorder point {before.reorder_point} → {reorder_point}"
    is_low = before.available <= reorder_point
    if is_low != before.is_low:
        await _log(product, Entry(_crossing(is_low), actor, note=note), after)


async def _move(product: int, entry: Entry, *, on_hand: int) -> int:
    """Change on hand and write it down, or refuse with the reason. Returns the event's id."""
    event = await _try_move(product, entry, on_hand=on_hand)
    if event is None:
        level = await queries.level(product)
        raise BelowReserved(level) if level.available + on_hand < 0 else ShelfFull(level.sku)
    return event


async def _try_move(
    product: int, entry: Entry, *, on_hand: int = 0, reserved: int = 0
) -> int | None:
    """Change the shelf and write it down: always both. Returns the event's id; None is a refusal.

    An available that crosses the reorder point, in either direction, writes a second entry.
    """
    after = await _MOVE.first(
        product=product, on_hand=on_hand, reserved=reserved, needed=reserved - on_hand
    )
    if after is None:
        return None
    event = await _log(product, entry, after, on_hand=on_hand, reserved=reserved)
    available = after.on_hand - after.reserved
    was_low = available - on_hand + reserved <= after.reorder_point
    is_low = available <= after.reorder_point
    if is_low != was_low:
        crossing = Entry(_crossing(is_low), entry.actor, order_id=entry.order_id)
        await _log(product, crossing, after)
    return event


def _crossing(is_low: bool) -> EventKind:
    return EventKind.LOW_STOCK if is_low else EventKind.RESTOCKED


async def _log(
    product: int, entry: Entry, after: _After, *, on_hand: int = 0, reserved: int = 0
) -> int:
    return await _LOG.one(
        product=product,
        kind=entry.kind,
        on_hand_change=on_hand,
        reserved_change=reserved,
        on_hand=after.on_hand,
        reserved=after.reserved,
        reason=entry.reason,
        note=entry.note,
        order_id=entry.order_id,
        actor=entry.actor,
        happened_at=clock.now(),
    )
