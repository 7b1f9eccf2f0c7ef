"""What one clerk takes back, or has to say about a line."""

from app.counts.actions.counting import NOT_APPLIED
from app.counts.actions.touching import touch
from app.counts.tables import CountEntry, CountLine, EntryKind
from app.database import Arg, Prepared, action
from app.errors import NotFound, Refusal


class NothingToTakeBack(Refusal):
    def __init__(self) -> None:
        super().__init__("This scan no longer counts: it was taken back, or a number was typed.")


_LESS = Prepared(
    CountLine.raw(
        "UPDATE count_line SET "
        "counted = CASE WHEN rest.entries = 0 THEN NULL ELSE counted - {} END, "
        "first_as_of = CASE WHEN rest.entries = 0 THEN NULL ELSE first_as_of END, "
        "as_of = CASE WHEN rest.entries = 0 THEN NULL ELSE as_of END "
        "FROM (SELECT count(*) AS entries FROM count_entry WHERE line = {} AND stands) rest "
        f"WHERE id = {{}} AND {NOT_APPLIED} RETURNING product",
        Arg("quantity"),
        Arg("line"),
        Arg("line"),
    ),
    int,
)
_TAKE_BACK = Prepared(
    CountEntry.update({CountEntry.stands: False})
    .where(
        CountEntry.id == Arg("entry"),
        CountEntry.session == Arg("session"),
        CountEntry.clerk == Arg("clerk"),
        CountEntry.kind == EntryKind.SCANNED,
        CountEntry.stands.eq(True),
    )
    .returning(CountEntry.line, CountEntry.quantity),
    lambda line, quantity: {"line": line, "quantity": quantity},
)
# A note is no count: whoever looks at the list need not look again.
_NOTE = Prepared(
    CountLine.raw(
        "UPDATE count_line SET note = {} WHERE session = {} AND product = {} AND EXISTS "
        "(SELECT 1 FROM count_session s WHERE s.id = session AND s.status = 'open') RETURNING id",
        Arg("note"),
        Arg("session"),
        Arg("product"),
    ),
    int,
)


@action
async def take_back(session: int, entry: int, *, clerk: int) -> int:
    """One's own scan does not count. Returns its product; refuses what no longer counts anyway."""
    await touch(session)
    scanned = await _TAKE_BACK.first(session=session, entry=entry, clerk=clerk)
    product = await _LESS.first(**scanned) if scanned else None
    if product is None:
        raise NothingToTakeBack
    return product


@action
async def write_note(session: int, product: int, note: str) -> None:
    """Say why there are more or fewer than expected."""
    if await _NOTE.first(session=session, product=product, note=note) is None:
        raise NotFound("This product is not counted any more.")
