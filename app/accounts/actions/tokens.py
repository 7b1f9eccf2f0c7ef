"""Tokens by which programs come in."""

from datetime import timedelta

from app import clock
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.actions.inviting import take_name
from app.accounts.secrets import as_token, digest, new_code
from app.accounts.tables import ApiToken, Happening, Scope
from app.database import action
from app.errors import NotFound

TOKEN_LASTS = timedelta(days=90)


@action
async def add_token(
    name: str,
    scope: Scope = Scope.WRITE,
    *,
    lasts: timedelta = TOKEN_LASTS,
    token: str = "",
    by: By = NOBODY,
) -> str:
    """A token for a program; we keep only its digest. Refuses the name of a clerk."""
    await take_name(name, is_program=True)
    token = token or as_token(new_code())
    now = clock.now()
    await ApiToken.insert(
        ApiToken(
            name=name,
            digest=digest(token),
            scope=scope,
            created_at=now,
            created_by=by.name,
            expires_at=now + lasts,
        )
    )
    note = f"may {scope.value}, for {lasts.days} days"
    await record(Happening.TOKEN_ADDED, about=name, by=by, note=note)
    return token


@action
async def revoke_token(token: int, *, by: By = NOBODY) -> None:
    """It lets nobody in any more."""
    revoked = (
        await ApiToken.update({ApiToken.revoked_at: clock.now()})
        .where(ApiToken.id == token, ApiToken.revoked_at.is_null())
        .returning(ApiToken.name)
    )
    if not revoked:
        raise NotFound("There is no such token, or it was revoked already.")
    await record(Happening.TOKEN_REVOKED, about=revoked[0]["name"], by=by)


@action
async def note_used(token: int) -> None:
    """A program came in with it."""
    await ApiToken.update({ApiToken.last_used_at: clock.now()}).where(ApiToken.id == token)
