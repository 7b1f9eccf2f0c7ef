"""Programs that may use ``/v1``."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app import clock
from app.accounts.secrets import digest
from app.accounts.tables import ApiToken, Scope
from app.database import Arg, Prepared


class Client(msgspec.Struct, frozen=True):
    """A program with a token."""

    id: int
    name: str
    scope: str
    last_used_at: datetime | None

    @property
    def actor(self) -> str:
        return f"token:{self.id}"

    @property
    def can_write(self) -> bool:
        return self.scope == Scope.WRITE


class Token(msgspec.Struct, frozen=True):
    """A token as its page shows it; the token itself is nowhere."""

    id: int
    name: str
    scope: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > clock.now()


_CLIENT = Prepared(
    ApiToken.select(ApiToken.id, ApiToken.name, ApiToken.scope, ApiToken.last_used_at).where(
        ApiToken.digest == Arg("digest"),
        ApiToken.expires_at > Arg("now"),
        ApiToken.revoked_at.is_null(),
    ),
    Client,
)
_PROGRAMS = Prepared(ApiToken.raw("SELECT DISTINCT name FROM api_token"), str)
_TOKENS = Prepared(
    ApiToken.raw(
        "SELECT id, name, scope, created_at, created_by, expires_at, last_used_at, revoked_at "
        "FROM api_token ORDER BY CASE WHEN revoked_at IS NULL AND expires_at > {} THEN 0 ELSE 1 "
        "END, id DESC LIMIT 200",
        Arg("now"),
    ),
    Token,
)


async def client(token: str) -> Client | None:
    """Whose token this is; None when it is nobody's, expired or revoked."""
    return await _CLIENT.first(digest=digest(token), now=clock.now())


async def programs() -> frozenset[str]:
    """The names under which only programs act."""
    return frozenset(await _PROGRAMS.all())


async def tokens() -> Sequence[Token]:
    """Those that can be used first, then the newest."""
    return await _TOKENS.all(now=clock.now())
