"""Coming in: sessions begin, and are in use."""

from datetime import datetime

from piccolo.columns import Varchar

from app import clock
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.secrets import digest, new_code
from app.accounts.tables import Clerk, Happening, Session
from app.database import action
from app.errors import Refusal
from app.settings import settings

MOST_SESSIONS = 10  # of one clerk


class NotLetIn(Refusal):
    """Whoever it is does not come in, and is not told why."""

    status = 422
    title = "The name or the password is not right"

    def __init__(self, what: str = "password") -> None:
        super().__init__(f"The name or the {what} is not right.")


@action
async def sign_in(
    clerk: int,
    *,
    password_hash: str,
    renewed: str = "",
    instead_of: str = "",
    browser: str = "",
    by: By = NOBODY,
) -> str:
    """Begin a session after the password of this hash; return the code for its cookie.

    ``renewed`` is the same password, as it would be kept today.
    """
    now = clock.now()
    name = await let_in(clerk, Clerk.password_hash, password_hash, renewed)
    await record(Happening.SIGNED_IN, about=name, by=by._replace(name=name))
    return await begin(
        clerk, now + settings.session, proved_at=now, browser=browser, instead_of=instead_of
    )


async def let_in(clerk: int, secret: Varchar, proved: str, renewed: str = "") -> str:
    """The name of a clerk who comes in by a password or a PIN.

    It was compared with its hash before, which takes a while: whoever was disabled meanwhile is
    refused, and so is what was the password or the PIN until then.
    """
    here = (
        await Clerk.update(
            {Clerk.seen_at: clock.now(), Clerk.wrong_pins: 0, secret: renewed or proved}
        )
        .where(Clerk.id == clerk, Clerk.is_active.eq(True), secret == proved)
        .returning(Clerk.name)
    )
    if not here:
        raise NotLetIn("PIN" if secret is Clerk.pin_hash else "password")
    return str(here[0]["name"])


async def begin(
    clerk: int,
    ends_at: datetime,
    *,
    proved_at: datetime | None = None,
    till: int | None = None,
    browser: str,
    instead_of: str,
) -> str:
    """The session that this browser had gives way, and so do the clerk's oldest ones."""
    now = clock.now()
    await Session.delete().where(Session.digest == digest(instead_of))
    await Session.delete().where(Session.ends_at < now)
    mine = (
        await Session.select(Session.id)
        .where(Session.clerk == clerk)
        .order_by(Session.seen_at, ascending=False)
        .offset(MOST_SESSIONS - 1)
        .limit(1000)
    )
    if mine:
        await Session.delete().where(Session.id.is_in([row["id"] for row in mine]))
    code = new_code()
    session = Session(
        digest=digest(code),
        clerk=clerk,
        created_at=now,
        seen_at=now,
        ends_at=ends_at,
        proved_at=proved_at,
        till=till,
        browser=browser,
    )
    await Session.insert(session)
    return code


@action
async def note_seen(session: int) -> None:
    """The session is in use: it does not end for idleness."""
    now = clock.now()
    seen = (
        await Session.update({Session.seen_at: now})
        .where(Session.id == session)
        .returning(Session.clerk)
    )
    if seen:
        await Clerk.update({Clerk.seen_at: now}).where(Clerk.id == seen[0]["clerk"])
