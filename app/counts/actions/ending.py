"""A session ends, and begins again if that was a mistake."""

from piccolo.columns.combination import WhereRaw

from app import clock, words
from app.counts.actions.touching import ended
from app.counts.queries import IS_APPLIED
from app.counts.tables import CountSession, SessionStatus
from app.database import Arg, Prepared, action
from app.errors import Refusal


class NotAllApplied(Refusal):
    def __init__(self, left: int) -> None:
        counts = words.plural(left, "count")
        super().__init__(
            f"{counts} {'is' if left == 1 else 'are'} not applied yet. Apply them, or abandon it."
        )


_LEFT = (
    "(SELECT count(*) FROM count_line n WHERE n.session = {} AND n.counted IS NOT NULL "
    f"AND NOT {IS_APPLIED})"
)


def _end(status: SessionStatus, *conditions: WhereRaw) -> Prepared[int]:
    return Prepared(
        CountSession.update(
            {
                CountSession.status: status,
                CountSession.ended_by: Arg("actor"),
                CountSession.ended_at: Arg("now"),
                CountSession.revision: CountSession.revision + 1,
            }
        )
        .where(
            CountSession.id == Arg("session"),
            CountSession.status == SessionStatus.OPEN,
            *conditions,
        )
        .returning(CountSession.id),
        int,
    )


_CLOSE = _end(SessionStatus.CLOSED, WhereRaw(f"{_LEFT} = 0", Arg("session")))
_ABANDON = _end(SessionStatus.ABANDONED)
_REOPEN = Prepared(
    CountSession.update(
        {
            CountSession.status: SessionStatus.OPEN,
            CountSession.ended_by: "",
            CountSession.ended_at: None,
            CountSession.revision: CountSession.revision + 1,
        }
    )
    .where(CountSession.id == Arg("session"), CountSession.status != SessionStatus.OPEN)
    .returning(CountSession.id),
    int,
)
_STANDS = Prepared(
    CountSession.raw(
        f"SELECT status, {_LEFT} FROM count_session WHERE id = {{}}",
        Arg("session"),
        Arg("session"),
    ),
    lambda status, left: (str(status), int(left)),
)


@action
async def close(session: int, *, actor: str) -> None:
    """It is done. Refuses while something is counted and not applied."""
    if await _CLOSE.first(session=session, actor=actor, now=clock.now()) is None:
        status, left = await _STANDS.first(session=session) or ("", 0)
        raise NotAllApplied(left) if status == SessionStatus.OPEN else await ended(session)


@action
async def abandon(session: int, *, actor: str) -> None:
    """Give it up: what is not applied by now is not applied."""
    if await _ABANDON.first(session=session, actor=actor, now=clock.now()) is None:
        raise await ended(session)


@action
async def reopen(session: int) -> None:
    """It goes on as it was; nothing if it does already."""
    await _REOPEN.first(session=session)
