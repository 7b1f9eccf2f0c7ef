"""What changes who may come in."""

from datetime import timedelta

from piccolo.query.functions.aggregate import Count

from app import clock
from app.accounts.queries import LONGEST_SESSION, known, name_key
from app.accounts.secrets import digest, new_code
from app.accounts.tables import ApiToken, Clerk, Role, Scope, Session, SignInFailure, Welcome
from app.database import action
from app.errors import NotFound, Refusal

LINK_LASTS = timedelta(hours=1)
TOKEN_LASTS = timedelta(days=90)
MOST_SESSIONS = 10  # of one clerk
THROTTLE = timedelta(minutes=5)
MOST_FAILURES_OF_NAME = 10
MOST_FAILURES_OF_ADDRESS = 30  # a shop shares one address


class NameTaken(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"Somebody called {name} is here already. Choose another name.")


class LinkUsed(NotFound):
    def __init__(self) -> None:
        super().__init__("This link was used already, or is too old. Ask for a new one.")


class TooManyTries(Refusal):
    status = 429
    title = "Too many tries"
    retry_after = THROTTLE.seconds

    def __init__(self) -> None:
        minutes = THROTTLE.seconds // 60
        super().__init__(f"Too many wrong passwords. Wait {minutes} minutes, then try again.")


@action
async def invite(name: str = "", role: Role = Role.CLERK) -> str:
    """A one-time code by which somebody sets a name and a password, good for an hour.

    For the name of a clerk who is here it sets that clerk's password anew, and nothing else.
    """
    code = new_code()
    clerk = await known(name)
    await Welcome.insert(
        Welcome(
            digest=digest(code),
            name=clerk.name if clerk else name,
            clerk=clerk.id if clerk else None,
            role=role,
            expires_at=clock.now() + LINK_LASTS,
        )
    )
    return code


@action
async def accept(code: str, *, name: str, password_hash: str) -> int:
    """Somebody comes in by a link, once; the clerk's id. Refuses a used link and a taken name."""
    now = clock.now()
    used = (
        await Welcome.update({Welcome.used_at: now})
        .where(Welcome.digest == digest(code), Welcome.expires_at > now, Welcome.used_at.is_null())
        .returning(Welcome.role, Welcome.clerk)
    )
    if not used:
        raise LinkUsed
    if known_clerk := used[0]["clerk"]:
        await Session.delete().where(Session.clerk == known_clerk)
        await Clerk.update({Clerk.password_hash: password_hash}).where(Clerk.id == known_clerk)
        return int(known_clerk)
    clerk = Clerk(
        name=name,
        name_key=name_key(name),
        password_hash=password_hash,
        role=used[0]["role"],
        created_at=now,
    )
    added = (
        await Clerk.insert(clerk)
        .on_conflict(target=Clerk.name_key, action="DO NOTHING")
        .returning(Clerk.id)
    )
    if not added:
        raise NameTaken(name)
    return int(added[0]["id"])


@action
async def sign_in(clerk: int, *, instead_of: str = "") -> str:
    """Begin a session and return the code for its cookie.

    The session that this browser had gives way, and so do the clerk's oldest ones.
    """
    now = clock.now()
    await Session.delete().where(Session.digest == digest(instead_of))
    await Session.delete().where(Session.created_at < now - LONGEST_SESSION)
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
    await Session.insert(Session(digest=digest(code), clerk=clerk, created_at=now, seen_at=now))
    return code


@action
async def sign_out(session: int) -> None:
    """End a session for good."""
    await Session.delete().where(Session.id == session)


@action
async def note_seen(session: int) -> None:
    """The session is in use: it does not end for idleness."""
    await Session.update({Session.seen_at: clock.now()}).where(Session.id == session)


@action
async def note_try(name: str, address: str) -> None:
    """A password is about to be tried; refuses when this name or address failed too often of late.

    It counts as failed until ``forgive``, so that many at once are slowed down as well.
    """
    since = clock.now() - THROTTLE
    await SignInFailure.delete().where(SignInFailure.happened_at < since)
    for column, value, most in (
        (SignInFailure.name_key, name_key(name), MOST_FAILURES_OF_NAME),
        (SignInFailure.address, address, MOST_FAILURES_OF_ADDRESS),
    ):
        (row,) = await SignInFailure.select(Count()).where(column == value)
        if row["count"] >= most:
            raise TooManyTries
    failure = SignInFailure(name_key=name_key(name), address=address, happened_at=clock.now())
    await SignInFailure.insert(failure)


@action
async def forgive(name: str) -> None:
    """The right password clears what this name had failed before."""
    await SignInFailure.delete().where(SignInFailure.name_key == name_key(name))


@action
async def add_token(name: str, scope: Scope = Scope.WRITE) -> str:
    """A token for a program, good for 90 days; we keep only its digest."""
    token = f"onh_{new_code()}"
    now = clock.now()
    await ApiToken.insert(
        ApiToken(
            name=name,
            digest=digest(token),
            scope=scope,
            created_at=now,
            expires_at=now + TOKEN_LASTS,
        )
    )
    return token


@action
async def send_everybody_away() -> None:
    """End every session and every link that was not used.

    In a shop that is restored some would be valid again that were ended since its backup was made.
    """
    await Session.delete(force=True)
    await Welcome.delete().where(Welcome.used_at.is_null())
