"""Who stands at the door: whose cookie, whose name, whose link."""

from datetime import datetime, timedelta

import msgspec

from app import clock
from app.accounts.names import name_key
from app.accounts.secrets import digest
from app.accounts.tables import Clerk, Role, Session, Welcome
from app.database import Arg, Prepared
from app.settings import settings

PROOF_LASTS = timedelta(minutes=5)  # then a password is asked for again before a risky act


class Visitor(msgspec.Struct, frozen=True):
    """A clerk who is signed in, at one browser."""

    clerk: int
    name: str
    role: str
    session: int
    signed_in_at: datetime
    seen_at: datetime
    proved_at: datetime | None  # when the password was given last; never, after a PIN
    till: int | None  # at which a PIN was enough

    @property
    def actor(self) -> str:
        """By which their answers are kept apart from others'."""
        return f"clerk:{self.clerk}"

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def is_proved(self) -> bool:
        """Whether it is surely they who act, and not somebody at a screen that was left open."""
        return self.proved_at is not None and clock.now() - self.proved_at < PROOF_LASTS


class Known(msgspec.Struct, frozen=True):
    """A clerk as the sign-in sees one."""

    id: int
    name: str
    password_hash: str
    is_active: bool


class Invitation(msgspec.Struct, frozen=True):
    """A welcome link that can still be used."""

    id: int
    name: str
    clerk: int | None  # who is here already, and gets a new password


_VISITOR = Prepared(
    Session.raw(
        "SELECT c.id, c.name, c.role, s.id, s.created_at, s.seen_at, s.proved_at, s.till "
        "FROM session s JOIN clerk c ON c.id = s.clerk "
        "WHERE s.digest = {} AND s.ends_at > {} AND s.seen_at > {} AND c.is_active",
        Arg("digest"),
        Arg("now"),
        Arg("seen_after"),
    ),
    Visitor,
)
_KNOWN = Prepared(
    Clerk.select(Clerk.id, Clerk.name, Clerk.password_hash, Clerk.is_active).where(
        Clerk.name_key == Arg("key")
    ),
    Known,
)
_INVITATION = Prepared(
    Welcome.select(Welcome.id, Welcome.name, Welcome.clerk).where(
        Welcome.digest == Arg("digest"),
        Welcome.expires_at > Arg("now"),
        Welcome.used_at.is_null(),
    ),
    Invitation,
)


async def visitor(code: str) -> Visitor | None:
    """Whose session this cookie is; None when it is nobody's, or no longer."""
    now = clock.now()
    return await _VISITOR.first(digest=digest(code), now=now, seen_after=now - settings.idle)


async def known(name: str) -> Known | None:
    """Whoever is called so, disabled or not."""
    return await _KNOWN.first(key=name_key(name))


async def invitation(code: str) -> Invitation | None:
    return await _INVITATION.first(digest=digest(code), now=clock.now())


async def has_clerks() -> bool:
    return await Clerk.exists()
