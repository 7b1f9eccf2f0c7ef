"""A clerk's own password and PIN. Who asks has given the password."""

from app import clock
from app.accounts.actions.coming import end_all
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.tables import Clerk, Happening, Welcome
from app.database import action


@action
async def change_password(clerk: int, *, password_hash: str, by: By = NOBODY) -> None:
    """From now on it is another; every session ends, and no link to a new one works any more."""
    await Clerk.update({Clerk.password_hash: password_hash}).where(Clerk.id == clerk)
    await Welcome.update({Welcome.used_at: clock.now()}).where(
        Welcome.clerk == clerk, Welcome.used_at.is_null()
    )
    await end_all(clerk)
    await record(Happening.PASSWORD_SET, about=by.name, by=by)


@action
async def renew_hash(clerk: int, *, password_hash: str) -> None:
    """The same password, kept as one would today."""
    await Clerk.update({Clerk.password_hash: password_hash}).where(Clerk.id == clerk)


@action
async def set_pin(clerk: int, *, pin_hash: str, by: By = NOBODY) -> None:
    """The clerk's name stands at open tills from now on."""
    await Clerk.update({Clerk.pin_hash: pin_hash, Clerk.wrong_pins: 0}).where(Clerk.id == clerk)
    await record(Happening.PIN_SET, about=by.name, by=by)


@action
async def remove_pin(clerk: int, *, by: By = NOBODY) -> None:
    """Only the password lets this clerk in."""
    await Clerk.update({Clerk.pin_hash: ""}).where(Clerk.id == clerk)
    await record(Happening.PIN_REMOVED, about=by.name, by=by)
