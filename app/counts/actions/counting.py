"""What one clerk counts: so many more, so many in all, or nothing after all.

A scan is added by one statement, whatever others scan at the same moment. A typed number replaces
what the clerk saw, and nothing that came since.
"""

from app import clock, words
from app.counts.actions.touching import touch
from app.counts.queries import IS_APPLIED, applied
from app.counts.tables import CountEntry, CountLine, EntryKind
from app.database import Arg, Prepared, action
from app.errors import NotFound, Refusal
from app.fields import MOST_UNITS


class AlreadyApplied(Refusal):
    """What is in the books is counted anew, not counted on."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was counted and applied already. Count it on its own page, or begin anew."
        )


class TooMany(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot be counted above {words.number(MOST_UNITS)}.")


class CountedByOthers(Refusal):
    kind = "stale"
    title = "It was counted meanwhile"

    def __init__(self, name: str, actor: str, now: int | None) -> None:
        self.now = now
        said = "is not counted any more" if now is None else f"stands at {words.number(now)} now"
        super().__init__(f"{name} {said}, by {actor}. Save again to put yours in its place.")


_NEWEST = "(SELECT max(id) FROM stock_event WHERE product = p.id)"
NOT_APPLIED = f"NOT {applied('count_line')}"
_ADD = Prepared(
    CountLine.raw(
        "INSERT INTO count_line (session, product, is_chosen, counted, first_as_of, as_of, note) "
        f"SELECT CAST({{}} AS BIGINT), p.id, false, CAST({{}} AS BIGINT), {_NEWEST}, {_NEWEST}, '' "
        "FROM product p WHERE p.id = {} "
        "ON CONFLICT (session, product) DO UPDATE SET "
        "counted = coalesce(count_line.counted, 0) + excluded.counted, "
        "first_as_of = coalesce(count_line.first_as_of, excluded.as_of), as_of = excluded.as_of "
        f"WHERE coalesce(count_line.counted, 0) + excluded.counted <= {MOST_UNITS} "
        f"AND {NOT_APPLIED} RETURNING id",
        Arg("session"),
        Arg("units"),
        Arg("product"),
    ),
    int,
)
_SET = Prepared(
    CountLine.raw(
        "UPDATE count_line SET counted = {}, first_as_of = newest.event, as_of = newest.event "
        "FROM (SELECT max(id) AS event FROM stock_event WHERE product = {}) newest "
        "WHERE session = {} AND product = {} AND coalesce(counted, -1) = {} "
        f"AND {NOT_APPLIED} RETURNING id",
        Arg("counted"),
        Arg("touched"),
        Arg("session"),
        Arg("product"),
        Arg("seen"),
    ),
    int,
)
_WRITE = Prepared(
    CountEntry.insert(
        CountEntry(
            session=Arg("session"),
            line=Arg("line"),
            kind=Arg("kind"),
            quantity=Arg("quantity"),
            stands=Arg("stands"),
            clerk=Arg("clerk"),
            actor=Arg("actor"),
            entered_at=Arg("now"),
        )
    ).returning(CountEntry.id),
    int,
)
_REPLACE = Prepared(
    CountEntry.update({CountEntry.stands: False}).where(
        CountEntry.line == Arg("line"), CountEntry.stands.eq(True)
    ),
    int,
)
_STANDS = Prepared(
    CountLine.raw(
        f"SELECT p.name, n.counted, {IS_APPLIED}, coalesce((SELECT e.actor FROM count_entry e "
        "WHERE e.line = n.id ORDER BY e.id DESC LIMIT 1), s.actor) "
        "FROM count_line n JOIN product p ON p.id = n.product "
        "JOIN count_session s ON s.id = n.session WHERE n.session = {} AND n.product = {}",
        Arg("session"),
        Arg("product"),
    ),
    lambda name, counted, is_applied, actor: (name, counted, bool(is_applied), actor),
)


@action
async def scan(session: int, product: int, units: int = 1, *, clerk: int, actor: str) -> None:
    """So many more of it. Refuses what is in the books already, and more than can be."""
    await touch(session)
    line = await _ADD.first(session=session, product=product, units=units)
    if line is None:
        name, _, is_applied, _ = await _stands(session, product)
        raise AlreadyApplied(name) if is_applied else TooMany(name)
    await _write(session, line, EntryKind.SCANNED, units, clerk=clerk, actor=actor)


@action
async def set_number(
    session: int, product: int, number: int | None, *, seen: int | None, clerk: int, actor: str
) -> None:
    """So many in all, in place of the number that was ``seen``; None is not counted after all.

    Refuses to replace what somebody else has counted since.
    """
    await touch(session)
    line = await _SET.first(
        session=session,
        product=product,
        counted=number,
        touched=0 if number is None else product,  # what nobody has counted was touched never
        seen=-1 if seen is None else seen,
    )
    if line is None:
        name, now, is_applied, by = await _stands(session, product)
        raise AlreadyApplied(name) if is_applied else CountedByOthers(name, by, now)
    await _REPLACE.all(line=line)
    kind = EntryKind.CLEARED if number is None else EntryKind.TYPED
    await _write(session, line, kind, number or 0, clerk=clerk, actor=actor)


async def _write(
    session: int, line: int, kind: EntryKind, quantity: int, *, clerk: int, actor: str
) -> None:
    await _WRITE.one(
        session=session,
        line=line,
        kind=kind,
        quantity=quantity,
        stands=kind is not EntryKind.CLEARED,
        clerk=clerk,
        actor=actor,
        now=clock.now(),
    )


async def _stands(session: int, product: int) -> tuple[str, int | None, bool, str]:
    """How a line stands that did not take what was counted: name, number, applied, by whom."""
    found = await _STANDS.first(session=session, product=product)
    if found is None:
        raise NotFound("This product is not in the count.")
    return found
