"""Coming and going: sessions begin and end."""

from datetime import datetime

from app import clock
from app.accounts import queries
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.secrets import digest, new_code
from app.accounts.tables import Clerk, Happening, Session, Till, Welcome
from app.database import action
from app.errors import NotFound, Refusal
from app.settings import settings

MOST_SESSIONS = 10  # of one clerk


class NotLetIn(Refusal):
    """Whoever it is does not come in, and is not told why."""

    status = 422
    title = "The name or the password is not right"

    def __init__(self) -> None:
        super().__init__("The name or the password is not right.")


@action
async def sign_in(clerk: int, *, instead_of: str = "", browser: str = "", by: By = NOBODY) -> str:
    """Begin a session after a password and return the code for its cookie; refuses the disabled."""
    now = clock.now()
    name = await let_in(clerk)
    await record(Happening.SIGNED_IN, about=name, by=by._replace(name=name))
    return await begin(
        clerk, now + settings.session, proved_at=now, browser=browser, instead_of=instead_of
    )


async def let_in(clerk: int) -> str:
    """The name of a clerk who comes in; refuses one who was disabled meanwhile."""
    here = (
        await Clerk.update({Clerk.seen_at: clock.now(), Clerk.wrong_pins: 0})
        .where(Clerk.id == clerk, Clerk.is_active.eq(True))
        .returning(Clerk.name)
    )
    if not here:
        raise NotLetIn
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
async def sign_out(session: int, *, till: int | None = None, by: By = NOBODY) -> None:
    """End a session for good, and close the till at which it was."""
    if till is not None:
        await close_tills([till])
    await Session.delete().where(Session.id == session)
    await record(Happening.SIGNED_OUT, about=by.name, by=by)


@action
async def end_session(session: int, *, clerk: int, by: By = NOBODY) -> None:
    """End one session of this clerk, wherever it is."""
    ended = (
        await Session.delete()
        .where(Session.id == session, Session.clerk == clerk)
        .returning(Session.browser)
    )
    if not ended:
        raise NotFound("This session has ended already.")
    await record(Happening.SESSIONS_ENDED, about=by.name, by=by, note=ended[0]["browser"])


@action
async def end_sessions(clerk: int, *, by: By = NOBODY) -> None:
    """Sign a clerk out everywhere; the tills that they opened close."""
    person = await queries.person(clerk)
    await end_all(clerk)
    await record(Happening.SESSIONS_ENDED, about=person.name, by=by)


async def end_all(clerk: int) -> None:
    """Every session of a clerk, and the tills that they opened with those at them."""
    tills = await Till.select(Till.id).where(Till.opened_by == clerk)
    await close_tills([row["id"] for row in tills])
    await Session.delete().where(Session.clerk == clerk)


async def close_tills(tills: list[int]) -> None:
    """Nobody comes in there with a PIN any more, and whoever did is signed out."""
    if tills:
        await Session.delete().where(Session.till.is_in(tills))
        await Till.delete().where(Till.id.is_in(tills))


@action
async def send_everybody_away() -> None:
    """End every session, every till and every link that was not used.

    In a shop that is restored some would be valid again that were ended since its backup was made.
    """
    await Session.delete(force=True)
    await Till.delete(force=True)
    await Welcome.delete().where(Welcome.used_at.is_null())


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


@action
async def note_proof(session: int) -> None:
    """The password was given again, in this session."""
    await Session.update({Session.proved_at: clock.now()}).where(Session.id == session)
