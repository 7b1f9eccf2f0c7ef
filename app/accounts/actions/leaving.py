"""Signing out, and being signed out: sessions end, and tills close."""

from app import clock
from app.accounts import queries
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.tables import Clerk, Happening, Session, Till, Welcome
from app.database import DB, Arg, Prepared, action
from app.errors import NotFound

# Held until the end of the action: no session of theirs and no till begins meanwhile.
_HOLD = Prepared(
    Clerk.raw("UPDATE clerk SET role = role WHERE id = {} RETURNING id", Arg("clerk")), int
)


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
    await hold(clerk)
    tills = await Till.select(Till.id).where(Till.opened_by == clerk)
    await close_tills([row["id"] for row in tills])
    await Session.delete().where(Session.clerk == clerk)


async def end_resets(clerk: int) -> None:
    """No link to a new password for this clerk works any more: there is a new one."""
    await Welcome.update({Welcome.used_at: clock.now()}).where(
        Welcome.clerk == clerk, Welcome.used_at.is_null()
    )


async def hold(clerk: int) -> None:
    """Whoever comes in as this clerk, or opens a till, has done so or waits until we have ended."""
    await _HOLD.first(clerk=clerk)


async def close_tills(tills: list[int]) -> None:
    """Nobody comes in there with a PIN any more, and whoever did is signed out."""
    for till in sorted(tills):
        await DB.turn("till", till)
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
