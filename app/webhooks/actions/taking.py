"""From the log to deliveries.

Making deliveries of events and moving the hook's place in the log is one action with its guard, so
each event becomes exactly one delivery, however many processes take.
"""

from typing import NamedTuple

import msgspec

from app import clock
from app.database import Arg, Prepared, action
from app.stock import feed
from app.stock.wire import EventOut
from app.webhooks.tables import Delivery, DeliveryStatus, Hook

AT_ONCE = 100  # events in one action, so that no sale waits for the rest
MOST_WAITING = 10_000  # deliveries of one hook; beyond them it waits at its place in the log


class _Place(NamedTuple):
    last_event: int
    types: str


_PLACE = Prepared(
    Hook.raw("SELECT last_event, types FROM hook WHERE id = {} AND is_active", Arg("hook")), _Place
)
_WAITING = Prepared(
    Delivery.raw(
        "SELECT count(*) FROM (SELECT 1 FROM hook_delivery "
        "WHERE hook = {} AND status = 'pending' LIMIT {}) w",
        Arg("hook"),
        MOST_WAITING,
    ),
    int,
)
_ADVANCE = Prepared(
    Hook.raw(
        "UPDATE hook SET last_event = {} WHERE id = {} AND last_event = {} AND is_active "
        "RETURNING id",
        Arg("to"),
        Arg("hook"),
        Arg("place"),
    ),
    int,
)
ADD = Prepared(
    Delivery.insert(
        Delivery(
            hook=Arg("hook"),
            event=Arg("event"),
            body=Arg("body"),
            status=DeliveryStatus.PENDING,
            attempts=0,
            next_at=Arg("now"),
            code=0,
            took_ms=0,
            created_at=Arg("now"),
        )
    ).returning(Delivery.id),
    int,
)


@action
async def take(hook: int) -> bool:
    """Make deliveries of the next events in the log; whether there were any."""
    place = await _PLACE.first(hook=hook)
    if place is None or await _WAITING.one(hook=hook) >= MOST_WAITING:
        return False
    events = await feed.events_after(place.last_event, limit=AT_ONCE)
    if not events:
        return False
    if await _ADVANCE.first(to=events[-1].id, hook=hook, place=place.last_event) is None:
        return False  # another process was here first
    now = clock.now()
    for event in events:
        if not place.types or event.type in place.types.split():
            await ADD.one(hook=hook, event=event.id, body=as_json(event), now=now)
    return True


def as_json(event: EventOut) -> str:
    return msgspec.json.encode(event).decode()
