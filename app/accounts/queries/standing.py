"""Who may come in by what a file of a shop says, to be held against another file of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from app.accounts.tables import Happening
from app.database.backup import Ask

NEVER = datetime.min.replace(tzinfo=UTC)


class Standing(NamedTuple):
    """A clerk: by which secrets, and as what."""

    name: str
    role: str
    is_active: bool
    password_hash: str
    pin_hash: str


class Door(NamedTuple):
    """Who may come in, and when that changed last."""

    clerks: Mapping[tuple[int, str, str], Standing]  # by number, name, and since when
    revoked: frozenset[str]  # the digests of tokens
    changed: Mapping[tuple[str, str], datetime]  # by what happened, and to whom

    def last(self, name: str, *kinds: Happening) -> datetime:
        return max(self.changed.get((kind, name), NEVER) for kind in kinds)


def standing(ask: Ask) -> Door:
    clerks = ask(
        "SELECT id, name_key, created_at, name, role, is_active, password_hash, pin_hash FROM clerk"
    )
    tokens = ask("SELECT digest FROM api_token WHERE revoked_at IS NOT NULL")
    events = ask("SELECT kind, about, happened_at FROM access_event ORDER BY id")
    return Door(
        {
            (id_, key, since): Standing(name, role, bool(is_active), password_hash, pin_hash)
            for id_, key, since, name, role, is_active, password_hash, pin_hash in clerks
        },
        frozenset(digest for (digest,) in tokens),
        {(kind, about): datetime.fromisoformat(at) for kind, about, at in events},
    )
