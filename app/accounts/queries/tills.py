"""Tills that a password has opened, and who may come in there with a PIN."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app import clock
from app.accounts.secrets import digest
from app.accounts.tables import MOST_WRONG_PINS, Clerk, Role, Till
from app.database import Arg, Prepared


class AtTill(msgspec.Struct, frozen=True):
    """A clerk whose name stands at the till."""

    id: int
    name: str
    role: str
    pin_hash: str
    wrong_pins: int
    seen_at: datetime | None

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def needs_password(self) -> bool:
        return self.wrong_pins >= MOST_WRONG_PINS


_TILL = Prepared(
    Till.raw(
        "SELECT t.id FROM till t JOIN clerk c ON c.id = t.opened_by "
        "WHERE t.digest = {} AND t.ends_at > {} AND c.is_active",
        Arg("digest"),
        Arg("now"),
    ),
    int,
)
_AT_TILL = Prepared(
    Clerk.raw(
        "SELECT id, name, role, pin_hash, wrong_pins, seen_at FROM clerk "
        "WHERE is_active AND pin_hash <> '' ORDER BY name_key LIMIT 200"
    ),
    AtTill,
)


async def till(code: str) -> int | None:
    """Which till this cookie is of; None when it is none, or was closed."""
    return await _TILL.first(digest=digest(code), now=clock.now()) if code else None


async def at_till() -> Sequence[AtTill]:
    """Whoever has a PIN, by name."""
    return await _AT_TILL.all()
