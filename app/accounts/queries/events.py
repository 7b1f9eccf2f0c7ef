"""What happened at the door, looked through."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.accounts.tables import AccessEvent
from app.database import Arg, Prepared

PAGE = 50
NEWEST = 1 << 62


class Entry(msgspec.Struct, frozen=True):
    id: int
    kind: str
    about: str
    actor: str
    address: str
    note: str
    times: int
    happened_at: datetime


_ENTRIES = Prepared(
    AccessEvent.raw(
        "SELECT id, kind, about, actor, address, note, times, happened_at FROM access_event "
        "WHERE id < {} ORDER BY id DESC LIMIT {}",
        Arg("before"),
        PAGE + 1,
    ),
    Entry,
)

_LAST = Prepared(AccessEvent.raw("SELECT coalesce(max(id), 0) FROM access_event"), int)


async def last_entry() -> int:
    """A number that grows with whatever happens at the door."""
    return await _LAST.one()


async def entries(before: int | None = None) -> Sequence[Entry]:
    """A page, newest first; and one more if there are older ones."""
    return await _ENTRIES.all(before=before or NEWEST)
