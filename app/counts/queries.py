"""What the shop asks of its count sessions."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.counts.tables import Choice, CountEntry, CountSession, SessionStatus, Subject
from app.database import Arg, Prepared
from app.errors import NotFound

MOST_ENDED = 20  # sessions that are over and still shown


class Session(msgspec.Struct, frozen=True):
    """A count session, and how far it has come."""

    id: int
    subject: str  # a Subject
    name: str
    choice: str  # a Choice
    chosen: str
    is_blind: bool
    status: str  # a SessionStatus
    revision: int
    actor: str
    begun_at: datetime
    ended_by: str
    ended_at: datetime | None
    counted: int  # products
    uncounted: int  # of those that were chosen
    applied: int
    units: int
    open_units: int  # of these, what is not applied
    people: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        return self.status == SessionStatus.OPEN

    @property
    def is_delivery(self) -> bool:
        return self.subject == Subject.DELIVERY

    @property
    def shows_expected(self) -> bool:
        return not self.is_blind and not self.is_delivery

    @property
    def address(self) -> str:
        return f"/{'receipts' if self.is_delivery else 'counts'}/{self.id}"

    @property
    def products(self) -> int:
        return self.counted + self.uncounted

    @property
    def state(self) -> str:
        """What a screen compares: it changes with every entry, and when a count is undone."""
        return f"{self.revision}.{self.applied}.{self.status}"

    @property
    def about(self) -> str:
        """Which products it is about, in words."""
        return {
            Choice.FREE: "Whatever is scanned",
            Choice.CATEGORY: f"Category {self.chosen}",
            Choice.SEARCH: f"Search “{self.chosen}”",
            Choice.ASKED: "Asked to be counted",
        }[Choice(self.choice)]


def applied(line: str) -> str:
    """The condition, in SQL, that a line is in the books; once undone, it is open again."""
    return (
        f"({line}.event IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM stock_event u WHERE u.undoes = {line}.event))"
    )


IS_APPLIED = applied("n")
_SESSIONS = (
    "SELECT s.id, s.subject, s.name, s.choice, s.chosen, s.is_blind, s.status, s.revision, "
    "s.actor, s.begun_at, s.ended_by, s.ended_at, count(n.counted), "
    "coalesce(sum(CASE WHEN n.is_chosen AND n.counted IS NULL THEN 1 ELSE 0 END), 0), "
    f"coalesce(sum(CASE WHEN {IS_APPLIED} THEN 1 ELSE 0 END), 0), coalesce(sum(n.counted), 0), "
    f"coalesce(sum(CASE WHEN {IS_APPLIED} THEN 0 ELSE n.counted END), 0) "
    "FROM count_session s LEFT JOIN count_line n ON n.session = s.id"
)
_SESSION = Prepared(
    CountSession.raw(f"{_SESSIONS} WHERE s.id = {{}} GROUP BY s.id", Arg("id")), Session
)
_OPEN = Prepared(
    CountSession.raw(
        f"{_SESSIONS} WHERE s.status = 'open' AND s.subject = {{}} "
        "GROUP BY s.id ORDER BY s.id DESC",
        Arg("subject"),
    ),
    Session,
)
_ENDED = Prepared(
    CountSession.raw(
        f"{_SESSIONS} WHERE s.status <> 'open' AND s.subject = {{}} GROUP BY s.id "
        f"ORDER BY s.id DESC LIMIT {MOST_ENDED}",
        Arg("subject"),
    ),
    Session,
)
_PEOPLE = Prepared(
    CountEntry.raw(
        "SELECT actor FROM count_entry WHERE session = {} GROUP BY actor ORDER BY min(id)",
        Arg("session"),
    ),
    str,
)


async def session(session_id: int, subject: Subject) -> Session:
    """One session, or NotFound."""
    found = await _SESSION.first(id=session_id)
    if found is None or found.subject != subject:
        raise NotFound(f"There is no {_WORD[subject]} {session_id}.")
    return await _with_people(found)


async def open_sessions(subject: Subject) -> list[Session]:
    """Those that are going on, the newest first."""
    return [await _with_people(found) for found in await _OPEN.all(subject=subject)]


async def ended_sessions(subject: Subject) -> list[Session]:
    """The last that are over, the newest first."""
    return [await _with_people(found) for found in await _ENDED.all(subject=subject)]


async def _with_people(found: Session) -> Session:
    return msgspec.structs.replace(found, people=await _PEOPLE.all(session=found.id))


_WORD = {Subject.SHELF: "count session", Subject.DELIVERY: "delivery"}
