"""In a shop that is restored: whoever was shut out since its backup was made stays out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from piccolo.columns import Column

from app import clock
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.queries.standing import Door, Standing
from app.accounts.tables import ApiToken, Clerk, Happening, Role
from app.database import action

NOTE = "as before the restore"


class Decision(NamedTuple):
    """What shuts a clerk out, or an older secret of theirs."""

    happening: Happening
    column: Column
    shuts_out: Callable[[Any, Any], bool]  # by what was decided, and what the backup says
    undone_by: tuple[Happening, ...] = ()

    def of(self, clerk: Standing) -> Any:
        return getattr(clerk, self.column._meta.name)  # noqa: SLF001 - Piccolo has no other word

    def last(self, door: Door, clerk: Standing) -> datetime:
        return door.last(clerk.name, self.happening, *self.undone_by)


DECISIONS = (
    Decision(
        Happening.DISABLED, Clerk.is_active, lambda was, is_: is_ and not was, (Happening.ENABLED,)
    ),
    Decision(Happening.ROLE_CHANGED, Clerk.role, lambda was, is_: is_ == Role.MANAGER != was),
    Decision(Happening.PASSWORD_SET, Clerk.password_hash, lambda was, is_: was != is_),
    Decision(
        Happening.PIN_SET,
        Clerk.pin_hash,
        lambda was, is_: was not in {"", is_},
        (Happening.PIN_REMOVED, Happening.PASSWORD_SET),
    ),
    Decision(
        Happening.PIN_REMOVED,
        Clerk.pin_hash,
        lambda was, is_: is_ and not was,
        (Happening.PIN_SET, Happening.PASSWORD_SET),
    ),
)


class KeptOut(NamedTuple):
    """The names of clerks and of tokens, by what holds for them again."""

    names: Mapping[Happening, list[str]]
    has_manager: bool  # whether one is left who may come in


@action
async def keep_out(before: Door, now: Door, *, by: By = NOBODY) -> KeptOut:
    """Let hold what was decided in the shop ``before``, which the one that is ``now`` replaces.

    Unless the backup knows of something later. Nobody is let in by it who would not be without;
    who was added since the backup is not in it.
    """
    names: dict[Happening, list[str]] = {}
    for key in before.clerks.keys() & now.clerks.keys():
        was, is_ = before.clerks[key], now.clerks[key]
        for decision in DECISIONS:
            value = decision.of(was)
            is_later = decision.last(before, was) >= decision.last(now, was)
            if is_later and decision.shuts_out(value, decision.of(is_)):
                await Clerk.update({decision.column: value}).where(Clerk.id == key[0])
                names.setdefault(decision.happening, []).append(was.name)
    for digest in before.revoked - now.revoked:
        revoked = (
            await ApiToken.update({ApiToken.revoked_at: clock.now()})
            .where(ApiToken.digest == digest)
            .returning(ApiToken.name)
        )
        if revoked:
            names.setdefault(Happening.TOKEN_REVOKED, []).append(revoked[0]["name"])
    for happening, about in names.items():
        for name in about:
            await record(happening, about=name, by=by, note=NOTE)
    has_manager = await Clerk.exists().where(
        Clerk.role == Role.MANAGER.value, Clerk.is_active.eq(True)
    )
    return KeptOut(names, has_manager)
