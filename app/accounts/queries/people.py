"""The clerks of the shop, and the browsers at which they are signed in."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app import clock
from app.accounts.names import OUR_OWN, name_key
from app.accounts.tables import ActorName, Clerk, Role, Session
from app.database import Arg, Prepared
from app.errors import NotFound
from app.settings import settings


class Person(msgspec.Struct, frozen=True):
    """A clerk as managers see one."""

    id: int
    name: str
    role: str
    is_active: bool
    has_pin: bool
    created_at: datetime
    seen_at: datetime | None
    sessions: int  # that are open

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER


class SignedIn(msgspec.Struct, frozen=True):
    """One browser at which a clerk is signed in."""

    id: int
    browser: str
    created_at: datetime
    seen_at: datetime
    till: int | None


_PERSON = (
    "SELECT c.id, c.name, c.role, c.is_active, c.pin_hash <> '', c.created_at, c.seen_at, "
    "(SELECT count(*) FROM session s "
    "WHERE s.clerk = c.id AND s.ends_at > {} AND s.seen_at > {}) FROM clerk c "
)


_PERSONS = Prepared(
    Clerk.raw(
        _PERSON + "ORDER BY c.is_active DESC, c.name_key LIMIT 1000", Arg("now"), Arg("seen_after")
    ),
    Person,
)
_ONE = Prepared(
    Clerk.raw(_PERSON + "WHERE c.id = {}", Arg("now"), Arg("seen_after"), Arg("id")), Person
)
_SESSIONS = Prepared(
    Session.raw(
        "SELECT id, browser, created_at, seen_at, till FROM session "
        "WHERE clerk = {} AND ends_at > {} AND seen_at > {} ORDER BY seen_at DESC, id DESC",
        Arg("clerk"),
        Arg("now"),
        Arg("seen_after"),
    ),
    SignedIn,
)


async def persons() -> Sequence[Person]:
    """Everybody, by name; those who are disabled last."""
    now = clock.now()
    return await _PERSONS.all(now=now, seen_after=now - settings.idle)


async def person(clerk: int) -> Person:
    now = clock.now()
    found = await _ONE.first(id=clerk, now=now, seen_after=now - settings.idle)
    if found is None:
        raise NotFound("There is no such clerk.")
    return found


async def is_taken(name: str) -> bool:
    """Whether somebody acts under this name, a clerk or a program, or ever did."""
    key = name_key(name)
    return key in OUR_OWN or await ActorName.exists().where(ActorName.name_key == key)


async def sessions(clerk: int) -> Sequence[SignedIn]:
    """Where this clerk is signed in, the one in use last first."""
    now = clock.now()
    return await _SESSIONS.all(clerk=clerk, now=now, seen_after=now - settings.idle)
