"""Every change of a session begins here: it is still open, and its revision counts the change.

Whoever changes one has it to themselves until the commit, so that its entries come one by one.
"""

from app import words
from app.counts.tables import CountSession, SessionStatus
from app.database import Arg, Prepared
from app.errors import NotFound, Refusal


class SessionEnded(Refusal):
    kind = "stale"
    title = "It is no longer counted"

    def __init__(self, name: str, status: str, by: str, when: str) -> None:
        super().__init__(f"{name} was {status} by {by} {when}. Nothing was changed.")


class CountedSince(Refusal):
    kind = "stale"
    title = "Somebody has counted since"

    def __init__(self) -> None:
        super().__init__(
            "Something was changed since this list was shown. Nothing was applied; "
            "look at it once more."
        )


_TOUCH = Prepared(
    CountSession.update({CountSession.revision: CountSession.revision + 1})
    .where(CountSession.id == Arg("session"), CountSession.status == SessionStatus.OPEN)
    .returning(CountSession.revision),
    int,
)
_ENDED = Prepared(
    CountSession.select(
        CountSession.name, CountSession.status, CountSession.ended_by, CountSession.ended_at
    ).where(CountSession.id == Arg("session")),
    lambda *columns: columns,
)


async def touch(session: int, *, seen: int | None = None) -> None:
    """Change a session, or refuse if it is over, or has changed since revision ``seen``."""
    revision = await _TOUCH.first(session=session)
    if revision is None:
        raise await ended(session)
    if seen is not None and revision != seen + 1:
        raise CountedSince


async def ended(session: int) -> Refusal:
    """Why a session is not to be changed."""
    found = await _ENDED.first(session=session)
    if found is None:
        return NotFound("There is no such count session.")
    name, status, by, at = found
    return SessionEnded(name, status, by, words.when(at))
