"""One-time links that can still be used."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app import clock
from app.accounts.tables import Welcome
from app.database import Arg, Prepared


class Link(msgspec.Struct, frozen=True):
    """One as managers see it: for whom, and who made it; not the code that is in it."""

    id: int
    name: str
    role: str
    is_new: bool  # for somebody who is not here yet, and not to a new password
    made_by: str  # empty for whoever has the machine
    expires_at: datetime


_LINKS = Prepared(
    Welcome.raw(
        "SELECT w.id, w.name, w.role, w.clerk IS NULL, coalesce(c.name, ''), w.expires_at "
        "FROM welcome w LEFT JOIN clerk c ON c.id = w.made_by "
        "WHERE w.used_at IS NULL AND w.expires_at > {} ORDER BY w.id DESC LIMIT 1000",
        Arg("now"),
    ),
    Link,
)


async def links() -> Sequence[Link]:
    """The newest first."""
    return await _LINKS.all(now=clock.now())
