"""The one guarded update of a level, and the entry in the event log beside it: always both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from piccolo.columns.combination import WhereRaw

from app import clock, words
from app.catalog import queries as catalog
from app.database import DB, Arg, Prepared
from app.database.dialect import BILLION
from app.errors import Invalid, NotFound, Refusal
from app.stock import promises, queries
from app.stock.tables import EventKind, StockEvent, StockLevel


class BelowReserved(Refusal):
    kind = "below-reserved"
    title = "Some of it is reserved"

    def __init__(self, level: queries.Level, reserved_for: Sequence[promises.Promise]) -> None:
        self.level = level
        whom = f": {promises.said(reserved_for)}" if reserved_for else ""
        super().__init__(
            f"Only {words.number(level.available)} of {level.sku} can go: "
            f"{words.number(level.on_hand)} on hand, "
            f"{words.number(level.reserved) if level.reserved else 'none'} reserved{whom}."
        )


class ShelfFull(Refusal):
    kind = "invalid"
    title = "The shelf is full"
    status = 400
    extra = Invalid.extra

    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} cannot have more than {words.number(BILLION)}.")

    @property
    def details(self) -> Mapping[str, Any]:
        return {"errors": [{"field": "quantity", "message": str(self)}]}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a change writes into the event log beside its numbers."""

    kind: EventKind
    actor: str
    reason: str | None = None
    note: str = ""
    order_id: int | None = None
    undoes: int | None = None


class After(NamedTuple):
    """How a product stands after a change."""

    on_hand: int
    reserved: int
    reorder_point: int

    @property
    def is_low(self) -> bool:
        return self.on_hand - self.reserved <= self.reorder_point


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
    After,
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
            operation=Arg("operation"),
            undoes=Arg("undoes"),
        )
    ).returning(StockEvent.id),
    int,
)


_HOLD_STILL = Prepared(
    StockLevel.raw(
        "UPDATE stock_level SET reserved = reserved WHERE product = {} "
        "RETURNING on_hand, reserved, reorder_point",
        Arg("product"),
    ),
    After,
)


async def hold_still(product: int) -> After:
    """How it stands, and nobody moves it until this action has ended.

    For what is decided by more than one UPDATE can say: a variance, a crossing, an older event.
    """
    after = await _HOLD_STILL.first(product=product)
    if after is None:
        raise NotFound("There is no such product.")
    return after


async def move(product: int, entry: Entry, *, on_hand: int) -> int:
    """Change on hand and write it down, or refuse with the reason. Returns the event's id."""
    event = await try_move(product, entry, on_hand=on_hand)
    if event is None:
        level = await queries.level(product)
        if level.available + on_hand >= 0:
            raise ShelfFull(level.sku)
        raise BelowReserved(level, await promises.of(product))
    return event


async def try_move(
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
    event = await log(product, entry, after, on_hand=on_hand, reserved=reserved)
    available = after.on_hand - after.reserved
    was_low = available - on_hand + reserved <= after.reorder_point
    await alert(product, after, was_low=was_low, actor=entry.actor, order_id=entry.order_id)
    return event


async def alert(
    product: int,
    after: After,
    *,
    was_low: bool,
    actor: str,
    order_id: int | None = None,
    note: str = "",
) -> None:
    """An entry if a product became low, or is low no longer; not for one that is not sold."""
    if after.is_low != was_low and not (await catalog.product(product)).archived:
        kind = EventKind.LOW_STOCK if after.is_low else EventKind.RESTOCKED
        await log(product, Entry(kind, actor, note=note, order_id=order_id), after)


async def log(
    product: int, entry: Entry, after: After, *, on_hand: int = 0, reserved: int = 0
) -> int:
    """Write it down. All that one action writes is one operation, known by its first event."""
    first = operation()
    event = await _LOG.one(
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
        operation=first,
        undoes=entry.undoes,
    )
    if first is None:
        DB.notes[_OPERATION] = event
    return event


_OPERATION = "operation"


def operation() -> int | None:
    """What the action that runs has written so far: the id of its first event, None for nothing."""
    first: int | None = DB.notes.get(_OPERATION)
    return first
