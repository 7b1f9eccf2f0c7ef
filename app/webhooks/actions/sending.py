"""From a delivery to its receiver: who sends it, and how it went.

Sending is guarded by a lease on the hook: one process at a time sends to it, one delivery after the
other. A process that ends in between leaves a lease that runs out, and the delivery is sent again:
it arrives at least once.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.database import Arg, Prepared, action
from app.webhooks import schedule
from app.webhooks.tables import Delivery, DeliveryStatus, Hook

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


class _Attempt(NamedTuple):
    id: int
    body: str
    attempts: int  # this one among them


class _Receiver(NamedTuple):
    address: str
    secret: str


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
# By next_at, so that what is tried again comes before what is new; what came together, in order.
_BEGIN_ATTEMPT = Prepared(
    Delivery.raw(
        "UPDATE hook_delivery SET attempts = attempts + 1 WHERE status = 'pending' AND id = ("
        "SELECT id FROM hook_delivery WHERE hook = {} AND status = 'pending' AND next_at <= {} "
        "ORDER BY next_at, id LIMIT 1) RETURNING id, body, attempts",
        Arg("hook"),
        Arg("now"),
    ),
    _Attempt,
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
async def claim(hook: int) -> Due | None:
    """What is to be sent to this hook now, for this process alone; None when there is nothing."""
    now = clock.now()
    until = now + LEASE
    receiver = await _LEASE.first(until=until, hook=hook, now=now)
    if receiver is None:
        return None
    attempt = await _BEGIN_ATTEMPT.first(hook=hook, now=now)  # nobody else can, under the lease
    if attempt is None:
        await _RETURN_LEASE.first(hook=hook, until=until)
        return None
    return Due(*attempt, hook, *receiver, until)


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
