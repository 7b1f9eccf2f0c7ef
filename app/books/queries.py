"""What the last checks of the books have found."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.books.audit import Finding
from app.books.tables import BookCheck
from app.database import Prepared


class Check(msgspec.Struct, frozen=True):
    """One look at the books."""

    checked_at: datetime
    last_event: int
    actor: str
    found: int


_COLUMNS = (BookCheck.checked_at, BookCheck.last_event, BookCheck.actor, BookCheck.found)
_LAST = Prepared(
    BookCheck.select(*_COLUMNS).order_by(BookCheck.id, ascending=False).limit(1), Check
)
_RECENT = Prepared(
    BookCheck.select(*_COLUMNS).order_by(BookCheck.id, ascending=False).limit(10), Check
)
_FINDINGS = Prepared(
    BookCheck.select(BookCheck.findings).order_by(BookCheck.id, ascending=False).limit(1),
    lambda findings: msgspec.json.decode(findings, type=list[Finding]),
)


async def last() -> Check | None:
    return await _LAST.first()


async def recent() -> list[Check]:
    """The last ten checks, newest first."""
    return await _RECENT.all()


async def findings() -> Sequence[Finding]:
    """What the last check found, or the first of it."""
    return await _FINDINGS.first() or ()
