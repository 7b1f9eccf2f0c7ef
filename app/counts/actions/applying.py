"""The shelf follows what was counted: every line that can be applied, in one action.

What cannot be is asked for beforehand, and stays open with its reason. The session's revision
decides between two who press at once, and keeps what nobody has seen from being applied.
"""

from app.counts import queries, variances
from app.counts.actions.ending import close
from app.counts.actions.touching import CountedSince, touch
from app.counts.queries import Session
from app.counts.tables import CountLine, Subject
from app.counts.variances import Variance
from app.database import Arg, Prepared, action
from app.errors import Refusal
from app.stock import actions as stock

MOST_NOTE = 2_000  # characters of an entry's note


class NothingToApply(Refusal):
    def __init__(self, what: str) -> None:
        super().__init__(f"There is nothing to {what}.")


_APPLIED = Prepared(
    CountLine.update({CountLine.event: Arg("event")})
    .where(CountLine.session == Arg("session"), CountLine.product == Arg("product"))
    .returning(CountLine.id),
    int,
)


@action
async def apply(session_id: int, revision: int, *, ready: int, actor: str) -> int:
    """Enter every count that can be entered, as of when it was counted. Returns how many.

    Refuses if anything has changed since the list of ``revision`` was shown, or if other than so
    many are ready: one was undone meanwhile, or what kept it from being applied is gone.
    """
    await touch(session_id, seen=revision)
    session = await queries.session(session_id, Subject.SHELF)
    lines = (await variances.of(session_id)).ready
    if not lines:
        raise NothingToApply("apply")
    if len(lines) != ready:
        raise CountedSince
    for line in sorted(lines, key=lambda line: line.product):
        event = await stock.count(
            line.product,
            line.counted or 0,
            actor=actor,
            note=_note(session, line),
            as_of=line.as_of,
        )
        await _APPLIED.one(session=session_id, product=line.product, event=event)
    return len(lines)


@action
async def receive(session_id: int, revision: int, *, actor: str) -> int:
    """All that was scanned of a delivery goes on the shelf, and it is done. Returns how many units.

    Refuses if anything has changed since the list of ``revision`` was shown.
    """
    await touch(session_id, seen=revision)
    session = await queries.session(session_id, Subject.DELIVERY)
    found = await variances.of(session_id)
    lines = [line for line in (*found.troubled, *found.ready) if line.counted]
    if not lines:
        raise NothingToApply("receive")
    for line in sorted(lines, key=lambda line: line.product):
        event = await stock.receive(line.product, line.counted or 0, actor=actor, note=session.name)
        await _APPLIED.one(session=session_id, product=line.product, event=event)
    await close(session_id, actor=actor)
    return sum(line.counted or 0 for line in lines)


def _note(session: Session, line: Variance) -> str:
    """Cards, shelf 3, counted by Anna and Tom: two behind the till."""
    said = f"{session.name}, counted by {' and '.join(session.people)}"
    return f"{said}: {line.note}"[:MOST_NOTE] if line.note else said[:MOST_NOTE]
