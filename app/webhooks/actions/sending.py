"""From the log to its receiver: what is to be sent, who sends it, and how it went.

Taking events from the log and moving the hook's place in it is one action with its guard, so each
event becomes exactly one delivery, however many processes take. Sending is guarded by a lease on
the hook: one process at a time sends to it, one delivery after the other. A process that ends in
between leaves a lease that runs out, and the delivery is sent again: it arrives at least once.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from app import clock
from app.database import Arg, Prepared, action
from app.stock import feed
from app.stock.wire import EventOut
from app.webhooks import schedule
from app.webhooks.tables import Delivery, DeliveryStatus, Hook

AT_ONCE = 100  # events in one action, so that no sale waits for the rest
MOST_WAITING = 10_000  # deliveries of one hook; beyond them it waits at its place in the log
LEASE = timedelta(minutes=1)  # longer than anything that is sent may take


class Due(NamedTuple):
    """One delivery that this process, and no other, sends until the lease runs out."""

    id: int
    body: str
    attempts: int  # this one among them
    hook: int
    address: str
    secret: str
    leased_until: datetime


class Outcome(NamedTuple):
    """How it went: what was answered, and why it did not arrive if it did not."""

    code: int
    error: str
    took_ms: int


class _Place(NamedTuple):
    last_event: int
    types: str


class _Next(NamedTuple):
    id: int
    body: str
    attempts: int


class _Receiver(NamedTuple):
    address: str
    secret: str


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
# By next_at, so that what is tried again comes before what is new; what came together, in order.
_NEXT = Prepared(
    Delivery.raw(
        "SELECT id, body, attempts FROM hook_delivery "
        "WHERE hook = {} AND status = 'pending' AND next_at <= {} ORDER BY next_at, id LIMIT 1",
        Arg("hook"),
        Arg("now"),
    ),
    _Next,
)
_LEASE = Prepared(
    Hook.raw(
        "UPDATE hook SET leased_until = {} WHERE id = {} AND is_active "
        "AND (leased_until IS NULL OR leased_until <= {}) RETURNING address, secret",
        Arg("until"),
        Arg("hook"),
        Arg("now"),
    ),
    _Receiver,
)
_COUNT_ATTEMPT = Prepared(
    Delivery.raw(
        "UPDATE hook_delivery SET attempts = {} WHERE id = {} AND attempts = {} RETURNING id",
        Arg("attempts"),
        Arg("id"),
        Arg("before"),
    ),
    int,
)
_RETURN_LEASE = Prepared(
    Hook.raw(
        "UPDATE hook SET leased_until = NULL WHERE id = {} AND leased_until = {}",
        Arg("hook"),
        Arg("until"),
    ),
    int,
)
_NOTE = Prepared(
    Delivery.raw(
        "UPDATE hook_delivery SET status = {}, next_at = {}, code = {}, error = {}, took_ms = {}, "
        "done_at = {} WHERE id = {} AND status = 'pending' AND attempts = {}",
        Arg("status"),
        Arg("next_at"),
        Arg("code"),
        Arg("error"),
        Arg("took_ms"),
        Arg("done_at"),
        Arg("id"),
        Arg("attempts"),
    ),
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


@action
async def claim(hook: int) -> Due | None:
    """What is to be sent to this hook now, for this process alone; None when there is nothing."""
    now = clock.now()
    due = await _NEXT.first(hook=hook, now=now)
    if due is None:
        return None
    until = now + LEASE
    receiver = await _LEASE.first(until=until, hook=hook, now=now)
    if receiver is None:
        return None
    attempts = due.attempts + 1
    await _COUNT_ATTEMPT.first(attempts=attempts, id=due.id, before=due.attempts)
    return Due(due.id, due.body, attempts, hook, *receiver, until)


@action
async def note(due: Due, outcome: Outcome) -> None:
    """Write down how it went, and let others send to this hook.

    What did not arrive steps aside until its next try, and does not hold up what comes after it.
    """
    now = clock.now()
    await _RETURN_LEASE.first(hook=due.hook, until=due.leased_until)
    again = schedule.next_try(due.attempts, now) if outcome.error else None
    status = DeliveryStatus.PENDING
    if again is None:
        status = DeliveryStatus.FAILED if outcome.error else DeliveryStatus.DELIVERED
    await _NOTE.first(
        status=status,
        next_at=again or now,
        done_at=None if again else now,
        id=due.id,
        attempts=due.attempts,
        **outcome._asdict(),
    )


@action
async def note_and_claim(due: Due, outcome: Outcome) -> Due | None:
    """Write down how it went, and take what is to be sent next, in one transaction."""
    await note(due, outcome)
    return await claim(due.hook)


def as_json(event: EventOut) -> str:
    return msgspec.json.encode(event).decode()
