"""What the page of the webhooks asks, and what the sending does."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast

import msgspec

from app import clock
from app.database import Arg, Prepared
from app.errors import NotFound
from app.stock import queries as stock
from app.stock.wire import EventOut
from app.webhooks import addresses
from app.webhooks.tables import Delivery, DeliveryStatus, Hook

PAGE = 50  # deliveries


class Webhook(msgspec.Struct, frozen=True):
    """A hook as its page shows it; its secret is nowhere but in ``secret``."""

    id: int
    address: str
    types: str
    is_active: bool
    created_by: str
    created_at: datetime
    waiting: int  # deliveries that are still to be sent, the failed ones among them
    failing: int  # that did not arrive the last time they were tried

    @property
    def is_mail(self) -> bool:
        return addresses.is_mail(self.address)

    @property
    def told(self) -> Sequence[str]:
        """The types of events it is told of; none for all."""
        return self.types.split()


class Sent(msgspec.Struct, frozen=True):
    """One delivery, as the log shows it."""

    id: int
    body: str
    status: str  # a DeliveryStatus
    attempts: int
    next_at: datetime
    code: int
    error: str
    took_ms: int
    created_at: datetime
    done_at: datetime | None

    @property
    def event(self) -> EventOut:
        return msgspec.json.decode(self.body, type=EventOut)

    @property
    def is_moving(self) -> bool:
        """Whether somebody who looks may see it change within a minute."""
        is_soon = (self.next_at - clock.now()).total_seconds() < 60
        return self.status == DeliveryStatus.PENDING and is_soon


class Counts(NamedTuple):
    """Deliveries of all hooks that have not arrived."""

    waiting: int  # to be sent, at once or later again
    failing: int  # of these, which did not arrive the last time they were tried
    failed: int  # given up


_COUNT = "(SELECT count(*) FROM hook_delivery d WHERE d.hook = h.id AND"
_HOOKS = (
    "SELECT h.id, h.address, h.types, h.is_active, h.created_by, h.created_at, "
    f"{_COUNT} d.status = 'pending'), {_COUNT} d.error <> '') "
    "FROM hook h WHERE h.removed_at IS NULL"
)
_ALL = Prepared(Hook.raw(f"{_HOOKS} ORDER BY h.id"), Webhook)
_ONE = Prepared(Hook.raw(f"{_HOOKS} AND h.id = {{}}", Arg("id")), Webhook)
_SECRET = Prepared(
    Hook.raw("SELECT secret FROM hook WHERE id = {} AND removed_at IS NULL", Arg("id")),
    lambda secret: cast("str", secret),
)
_SENT = Prepared(
    Delivery.raw(
        "SELECT id, body, status, attempts, next_at, code, error, took_ms, created_at, done_at "
        "FROM hook_delivery WHERE hook = {} AND id < {} ORDER BY id DESC LIMIT {}",
        Arg("hook"),
        Arg("before"),
        PAGE + 1,
    ),
    Sent,
)
_COUNTS = Prepared(
    Delivery.raw(
        "SELECT (SELECT count(*) FROM hook_delivery WHERE status = 'pending'), "
        "(SELECT count(*) FROM hook_delivery WHERE error <> '' AND status = 'pending'), "
        "(SELECT count(*) FROM hook_delivery WHERE error <> '' AND status = 'failed')"
    ),
    Counts,
)
_BEHIND = Prepared(
    Hook.raw("SELECT id FROM hook WHERE is_active AND last_event < {} ORDER BY id", Arg("newest")),
    int,
)
_DUE = Prepared(
    Hook.raw(
        "SELECT h.id FROM hook h "
        "WHERE h.is_active AND (h.leased_until IS NULL OR h.leased_until <= {}) "
        "AND EXISTS (SELECT 1 FROM hook_delivery d "
        "WHERE d.hook = h.id AND d.status = 'pending' AND d.next_at <= {})",
        Arg("now"),
        Arg("now"),
    ),
    int,
)


async def hooks() -> Sequence[Webhook]:
    """All of them, the oldest first."""
    return await _ALL.all()


async def hook(hook_id: int) -> Webhook:
    found = await _ONE.first(id=hook_id)
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


async def secret(hook_id: int) -> str:
    """What signs; for the one page that shows it."""
    return await _SECRET.one(id=hook_id)


async def sent(hook_id: int, before: int | None = None) -> Sequence[Sent]:
    """A hook's deliveries, newest first: a page, and one more if there are older ones."""
    return await _SENT.all(hook=hook_id, before=before or 1 << 62)


async def counts() -> Counts:
    """What has not arrived."""
    return await _COUNTS.one()


async def behind() -> Sequence[int]:
    """The hooks for which there is something in the log."""
    return await _BEHIND.all(newest=await stock.last_event())


async def due() -> Sequence[int]:
    """The hooks that have something to send now, and for which nobody is sending."""
    return await _DUE.all(now=clock.now())
