"""A shared till: opened by a password, then clerks take turns with a PIN."""

from app import clock
from app.accounts.actions.coming import NotLetIn, begin, let_in
from app.accounts.actions.events import NOBODY, By, record
from app.accounts.actions.leaving import close_tills
from app.accounts.secrets import digest, new_code
from app.accounts.tables import MOST_WRONG_PINS, Clerk, Happening, Session, Till
from app.database import DB, Arg, Prepared, action
from app.errors import Refusal


class PinBlocked(Refusal):
    title = "Too many wrong PINs"

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_WRONG_PINS} wrong PINs in a row. This clerk needs the password now."
        )


_TAKE = Prepared(
    Clerk.raw(
        "UPDATE clerk SET wrong_pins = wrong_pins + 1 "
        "WHERE id = {} AND is_active AND pin_hash <> '' AND wrong_pins < {} RETURNING pin_hash",
        Arg("clerk"),
        MOST_WRONG_PINS,
    ),
    str,
)


# The clerk of a session, held until the end: whoever signs them out everywhere finds the till too.
_HOLD = Prepared(
    Clerk.raw(
        "UPDATE clerk SET role = role WHERE id = (SELECT clerk FROM session WHERE id = {}) "
        "RETURNING id",
        Arg("session"),
    ),
    int,
)


@action
async def open_till(session: int, *, instead_of: str = "", by: By = NOBODY) -> str | None:
    """The clerk steps back, and others may come in here with a PIN until the session would end.

    Returns the code for the till's cookie; none where it stands open already.
    """
    await _HOLD.first(session=session)
    left = (
        await Session.delete()
        .where(Session.id == session)
        .returning(Session.clerk, Session.till, Session.ends_at)
    )
    await record(Happening.SIGNED_OUT, about=by.name, by=by, note="the till stays open")
    if not left or left[0]["till"] is not None:
        return None
    before = await Till.select(Till.id).where(Till.digest == digest(instead_of))
    await close_tills([row["id"] for row in before])
    code = new_code()
    await Till.insert(
        Till(digest=digest(code), opened_by=left[0]["clerk"], ends_at=left[0]["ends_at"])
    )
    return code


@action
async def take_pin_try(clerk: int) -> str:
    """A PIN is about to be tried: its hash; refuses after too many wrong ones in a row."""
    pin_hash = await _TAKE.first(clerk=clerk)
    if pin_hash is None:
        raise PinBlocked
    return pin_hash


@action
async def sign_in_by_pin(
    clerk: int,
    *,
    pin_hash: str,
    till: int,
    instead_of: str = "",
    browser: str = "",
    by: By = NOBODY,
) -> str:
    """Begin a session at an open till, after the PIN of this hash; it ends when the till does."""
    name = await let_in(clerk, Clerk.pin_hash, pin_hash)
    await DB.turn("till", till)
    open_ = await Till.select(Till.ends_at).where(Till.id == till, Till.ends_at > clock.now())
    if not open_:
        raise NotLetIn("PIN")
    await record(Happening.SWITCHED, about=name, by=by._replace(name=name))
    return await begin(
        clerk, open_[0]["ends_at"], till=till, browser=browser, instead_of=instead_of
    )
