"""Keeping what a check of the books found."""

import msgspec

from app.books.audit import Look
from app.books.tables import BookCheck
from app.database import Arg, Prepared, action

MOST_KEPT = 200  # findings; where there are more, they have one cause

_KEEP = Prepared(
    BookCheck.insert(
        BookCheck(
            checked_at=Arg("checked_at"),
            last_event=Arg("last_event"),
            actor=Arg("actor"),
            found=Arg("found"),
            findings=Arg("findings"),
        )
    ).returning(BookCheck.id),
    int,
)


@action
async def keep(look: Look, *, actor: str) -> int:
    """Keep what was found, for every screen to show. Returns the id of the check."""
    return await _KEEP.one(
        checked_at=look.began_at,
        last_event=look.last_event,
        actor=actor,
        found=len(look.findings),
        findings=msgspec.json.encode(look.findings[:MOST_KEPT]).decode(),
    )
