"""What the door asks."""

from datetime import datetime, timedelta

import msgspec

from app import clock
from app.accounts.secrets import digest
from app.accounts.tables import ApiToken, Clerk, Role, Scope, Session, Welcome
from app.database import Arg, Prepared

# A shift: the screen is open all day, and nobody signs in again between two customers.
LONGEST_IDLE = timedelta(hours=12)
LONGEST_SESSION = timedelta(hours=16)


class Visitor(msgspec.Struct, frozen=True):
    """A clerk who is signed in, at one browser."""

    clerk: int
    name: str
    role: str
    session: int
    signed_in_at: datetime
    seen_at: datetime

    @property
    def actor(self) -> str:
        """By which their answers are kept apart from others'."""
        return f"clerk:{self.clerk}"

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER


class Client(msgspec.Struct, frozen=True):
    """A program with a token."""

    id: int
    name: str
    scope: str

    @property
    def actor(self) -> str:
        return f"token:{self.id}"

    @property
    def can_write(self) -> bool:
        return self.scope == Scope.WRITE


class Known(msgspec.Struct, frozen=True):
    """A clerk as the sign-in sees one."""

    id: int
    name: str
    password_hash: str


class Invitation(msgspec.Struct, frozen=True):
    """A welcome link that can still be used."""

    id: int
    name: str
    clerk: int | None  # who is here already, and gets a new password


_VISITOR = Prepared(
    Session.raw(
        "SELECT c.id, c.name, c.role, s.id, s.created_at, s.seen_at "
        "FROM session s JOIN clerk c ON c.id = s.clerk "
        "WHERE s.digest = {} AND s.created_at > {} AND s.seen_at > {} AND c.is_active",
        Arg("digest"),
        Arg("born_after"),
        Arg("seen_after"),
    ),
    Visitor,
)
_CLIENT = Prepared(
    ApiToken.select(ApiToken.id, ApiToken.name, ApiToken.scope).where(
        ApiToken.digest == Arg("digest"),
        ApiToken.expires_at > Arg("now"),
        ApiToken.revoked_at.is_null(),
    ),
    Client,
)
_PROGRAMS = Prepared(ApiToken.raw("SELECT name FROM api_token EXCEPT SELECT name FROM clerk"), str)
_KNOWN = Prepared(
    Clerk.select(Clerk.id, Clerk.name, Clerk.password_hash).where(
        Clerk.name_key == Arg("key"), Clerk.is_active.eq(True)
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
    return await _VISITOR.first(
        digest=digest(code), born_after=now - LONGEST_SESSION, seen_after=now - LONGEST_IDLE
    )


async def client(token: str) -> Client | None:
    """Whose token this is; None when it is nobody's, expired or revoked."""
    return await _CLIENT.first(digest=digest(token), now=clock.now())


async def known(name: str) -> Known | None:
    return await _KNOWN.first(key=name_key(name))


async def programs() -> frozenset[str]:
    """The names under which only programs act: of tokens, unless a clerk is called the same."""
    return frozenset(await _PROGRAMS.all())


async def invitation(code: str) -> Invitation | None:
    return await _INVITATION.first(digest=digest(code), now=clock.now())


async def has_clerks() -> bool:
    return await Clerk.exists()


def name_key(name: str) -> str:
    """How a clerk is found: without regard to case."""
    return " ".join(name.casefold().split())
