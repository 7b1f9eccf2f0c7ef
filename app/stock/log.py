"""What the event log says: what an action wrote, what came later, what was taken back."""

from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

from piccolo.columns.combination import WhereRaw

from app import words
from app.database import Arg, Prepared
from app.stock.queries import EVENT_COLUMNS, Event
from app.stock.tables import EventKind, StockEvent

Entry = TypeVar("Entry", bound=Event)


class Logged(Event, frozen=True):
    """An entry of the shop's log, with the product it is about."""

    product: int = 0
    sku: str = ""


class OfOrder(Logged, frozen=True):
    """An entry of what happened to an order, and how its product is called now."""

    name: str = ""


MOST_OF_ORDER = 500  # entries; an order of very many lines shows the newest of them

MOVED = WhereRaw("kind NOT IN ('low_stock', 'restocked')")  # an alert only says what moved
STANDS = (  # neither taken back, nor what took another back
    "undoes IS NULL AND NOT EXISTS (SELECT 1 FROM stock_event u WHERE u.undoes = stock_event.id)"
)

_KINDS = Prepared(
    StockEvent.raw(
        "SELECT kind, count(*) FROM stock_event WHERE id > {} AND id <= {} GROUP BY kind",
        Arg("after"),
        Arg("upto"),
    ),
    lambda kind, count: (str(kind), int(count)),
)
_TAKEN_AFTER = Prepared(
    StockEvent.select(*EVENT_COLUMNS)
    .where(
        StockEvent.product == Arg("product"),
        StockEvent.id > Arg("after"),
        WhereRaw("on_hand_change < reserved_change"),
    )
    .order_by(StockEvent.id, ascending=False)
    .limit(1),
    Event,
)
_OPERATION = Prepared(
    StockEvent.select(*EVENT_COLUMNS, StockEvent.product, StockEvent.product.sku)
    .where((StockEvent.id == Arg("operation")) | (StockEvent.operation == Arg("operation")))
    .order_by(StockEvent.id, ascending=False),
    Logged,
)
_LATER_OF_ORDER = Prepared(
    StockEvent.select(*EVENT_COLUMNS)
    .where(
        StockEvent.order_id == Arg("order"), StockEvent.id > Arg("after"), MOVED, WhereRaw(STANDS)
    )
    .order_by(StockEvent.id, ascending=False)
    .limit(1),
    Event,
)
_LAST_OPERATION = Prepared(
    StockEvent.raw(
        "SELECT CASE WHEN reason = 'undo' THEN NULL ELSE coalesce(operation, id) END "
        "FROM stock_event WHERE order_id = {} AND kind NOT IN ('low_stock', 'restocked') "
        "ORDER BY id DESC LIMIT 1",
        Arg("order"),
    ),
    lambda operation: operation,
)
_FIRST_OF_ORDER = Prepared(
    StockEvent.raw("SELECT min(id) FROM stock_event WHERE order_id = {}", Arg("order")), int
)
_TAKEN_BACK = Prepared(
    StockEvent.select(*EVENT_COLUMNS).where(StockEvent.undoes == Arg("event")), Event
)
_OF_ORDER = Prepared(
    StockEvent.select(
        *EVENT_COLUMNS, StockEvent.product, StockEvent.product.sku, StockEvent.product.name
    )
    .where(StockEvent.order_id == Arg("order"), MOVED)
    .order_by(StockEvent.id, ascending=False)
    .limit(MOST_OF_ORDER),
    OfOrder,
)
_COUNTED_AFTER = Prepared(
    StockEvent.select(*EVENT_COLUMNS)
    .where(
        StockEvent.product == Arg("product"),
        StockEvent.id > Arg("after"),
        StockEvent.kind == EventKind.COUNTED,
        WhereRaw(STANDS),
    )
    .order_by(StockEvent.id, ascending=False)
    .limit(1),
    Event,
)
_ON_HAND_AT = Prepared(
    StockEvent.select(StockEvent.on_hand)
    .where(StockEvent.product == Arg("product"), StockEvent.id <= Arg("event"))
    .order_by(StockEvent.id, ascending=False)
    .limit(1),
    int,
)


async def kinds(after: int, upto: int) -> Sequence[tuple[str, int]]:
    """How many entries of each kind stand behind one number, up to another."""
    return await _KINDS.all(after=after, upto=upto)


async def operation(first: int) -> list[Logged]:
    """All that one action wrote, given its first event; the last one first."""
    return await _OPERATION.all(operation=first)


async def undoable(order_id: int) -> int | None:
    """The action by which an order came to where it is, unless that was an undo."""
    return await _LAST_OPERATION.first(order=order_id)


async def later_event_of_order(order_id: int, after: int) -> Event | None:
    """The latest thing that happened to an order behind an event, unless it was undone."""
    return await _LATER_OF_ORDER.first(order=order_id, after=after)


async def first_event_of_order(order_id: int) -> int:
    return await _FIRST_OF_ORDER.one(order=order_id)


async def of_order(order_id: int) -> list[OfOrder]:
    """What happened to the products of an order because of it, newest first."""
    return await _OF_ORDER.all(order=order_id)


def by_day(events: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries in the order of the log, each day's under its name."""
    return [(day, list(them)) for day, them in groupby(events, lambda e: words.date(e.happened_at))]


async def taken_back(event: int) -> Event | None:
    """The event by which this one was undone."""
    return await _TAKEN_BACK.first(event=event)


async def undone_by(events: Sequence[Event]) -> dict[int, int]:
    """Those of the events that were undone, and by which."""
    among = ", ".join(str(event.id) for event in events) or "NULL"
    query = f"SELECT undoes, id FROM stock_event WHERE undoes IN ({among})"
    return dict(await Prepared(StockEvent.raw(query), lambda undone, by: (undone, by)).all())


async def taken_after(product: int, event: int) -> Event | None:
    """The latest event behind this one by which fewer became available."""
    return await _TAKEN_AFTER.first(product=product, after=event)


async def counted_after(product: int, event: int) -> Event | None:
    """The latest count of a product behind an event, unless it was undone."""
    return await _COUNTED_AFTER.first(product=product, after=event)


async def on_hand_at(product: int, event: int) -> int | None:
    """How many were on hand when this was the newest event; None before there was the product."""
    return await _ON_HAND_AT.first(product=product, event=event)
