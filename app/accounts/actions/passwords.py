"""A clerk's own password and PIN. Who asks has given the password, and it is still that one."""

from piccolo.columns import Column

from app import clock
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.actions.leaving import end_all, end_resets
from app.accounts.tables import Clerk, Happening, Session
from app.database import action
from app.errors import Refusal


class NotYourPassword(Refusal):
    """Whoever is signed in is somebody else, or has a new password since."""

    status = 422
    title = "This is not your password"

    def __init__(self) -> None:
        super().__init__("This is not your password.")


@action
async def change_password(
    clerk: int, *, password_hash: str, instead_of: str, by: By = NOBODY
) -> None:
    """From now on it is another; every session ends, and no link to a new one works any more."""
    await _change({Clerk.password_hash: password_hash}, clerk, instead_of)
    await end_resets(clerk)
    await end_all(clerk)
    await record(Happening.PASSWORD_SET, about=by.name, by=by)


@action
async def set_pin(clerk: int, *, pin_hash: str, password_hash: str, by: By = NOBODY) -> None:
    """The clerk's name stands at open tills from now on."""
    await _change({Clerk.pin_hash: pin_hash, Clerk.wrong_pins: 0}, clerk, password_hash)
    await record(Happening.PIN_SET, about=by.name, by=by)


@action
async def remove_pin(clerk: int, *, by: By = NOBODY) -> None:
    """Only the password lets this clerk in."""
    await Clerk.update({Clerk.pin_hash: ""}).where(Clerk.id == clerk)
    await record(Happening.PIN_REMOVED, about=by.name, by=by)


@action
async def note_proof(session: int) -> None:
    """The password was given again, in this session; refuses when a new one has ended it."""
    proved = (
        await Session.update({Session.proved_at: clock.now()})
        .where(Session.id == session)
        .returning(Session.id)
    )
    if not proved:
        raise NotYourPassword


async def _change(values: dict[Column | str, object], clerk: int, proved: str) -> None:
    """Unless the password that was given has become another meanwhile."""
    changed = (
        await Clerk.update(values)
        .where(Clerk.id == clerk, Clerk.password_hash == proved)
        .returning(Clerk.id)
    )
    if not changed:
        raise NotYourPassword
