"""The event log in the order of its numbers, for those who follow it: none is ever skipped."""

from collections.abc import Sequence
from typing import Any

from app.database import Arg, Prepared
from app.stock.queries import Event, last_event
from app.stock.tables import StockEvent
from app.stock.wire import EventOut

_COLUMNS = ", ".join(f"e.{name}" for name in Event.__struct_fields__)
_FROM = f"SELECT p.sku, {_COLUMNS} FROM stock_event e JOIN product p ON p.id = e.product"
_AFTER = f"{_FROM} WHERE e.id > {{}} AND e.id <= {{}}"
_IN_ORDER = "ORDER BY e.id LIMIT {}"


def _out(sku: str, *event: Any) -> EventOut:
    return EventOut.of(Event(*event), sku)


_EVENT = Prepared(StockEvent.raw(f"{_FROM} WHERE e.id = {{}}", Arg("id")), _out)
_EVENTS = Prepared(
    StockEvent.raw(f"{_AFTER} {_IN_ORDER}", Arg("after"), Arg("upto"), Arg("limit")), _out
)
_EVENTS_OF = Prepared(
    StockEvent.raw(
        f"{_AFTER} AND e.product = {{}} {_IN_ORDER}",
        Arg("after"),
        Arg("upto"),
        Arg("product"),
        Arg("limit"),
    ),
    _out,
)


async def event(event_id: int) -> EventOut:
    """One entry of the log."""
    return await _EVENT.one(id=event_id)


async def events_after(after: int, *, product: int | None = None, limit: int) -> Sequence[EventOut]:
    """What happened behind event ``after``, to one product or to any, oldest first.

    Whoever asks again behind the last one of these sees every event once.
    """
    upto = await last_event()  # asked before they are read: what is written meanwhile comes later
    if product is None:
        return await _EVENTS.all(after=after, upto=upto, limit=limit)
    return await _EVENTS_OF.all(after=after, upto=upto, product=product, limit=limit)
