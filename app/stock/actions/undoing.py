"""Taking an event back: by another of the opposite effect, for history is never edited."""

from app import words
from app.database import Arg, Prepared, action
from app.errors import Refusal
from app.stock import log, queries
from app.stock.actions.ledger import Entry, hold_still, try_move
from app.stock.tables import EventKind, Recount

UNDO = "undo"  # the reason of the opposite event

_OPPOSITE: dict[str, EventKind] = {
    EventKind.SOLD: EventKind.RETURNED,
    EventKind.RESERVED: EventKind.RELEASED,
    EventKind.RELEASED: EventKind.RESERVED,
}
_SAID: dict[str, str] = {
    EventKind.SOLD: "sold",
    EventKind.RESERVED: "put aside",
    EventKind.ADJUSTED: "taken off the shelf",
    EventKind.COUNTED: "counted off",
}


_COUNT_AGAIN = Prepared(
    Recount.raw(
        "UPDATE recount SET done_at = NULL WHERE product = {} AND done_at = {} AND NOT EXISTS "
        "(SELECT 1 FROM recount r WHERE r.product = recount.product AND r.done_at IS NULL)",
        Arg("product"),
        Arg("counted_at"),
    ),
    int,
)


class CannotUndo(Refusal):
    """Something that happened later depends on it."""

    title = "This cannot be undone"

    def __init__(self, why: str) -> None:
        super().__init__(f"Cannot undo: {why}")


@action
async def undo(event: log.Logged, *, actor: str) -> int:
    """Write the opposite of an event, or refuse and say what depends on it. Returns its id.

    What a later count has found is not overturned, and no goods are taken that others have by now.
    """
    await hold_still(event.product)
    if event.on_hand_change and (count := await log.counted_after(event.product, event.id)):
        raise CannotUndo(
            f"{count.actor} counted {words.number(count.on_hand)} of {event.sku} "
            f"{words.when(count.happened_at)}."
        )
    kind = _OPPOSITE.get(event.kind, EventKind(event.kind))
    entry = Entry(kind, actor, UNDO, order_id=event.order_id, undoes=event.id)
    taken_back = await try_move(
        event.product, entry, on_hand=-event.on_hand_change, reserved=-event.reserved_change
    )
    if taken_back is None:
        raise CannotUndo(await _why_not(event))
    if event.kind == EventKind.COUNTED:
        await _COUNT_AGAIN.all(product=event.product, counted_at=event.happened_at)
    return taken_back


async def _why_not(event: log.Logged) -> str:
    """Who has the goods that would have to go back."""
    level = await queries.level(event.product)
    free = f"only {words.number(level.available)} of {event.sku} are available now"
    taker = await log.taken_after(event.product, event.id)
    if taker is None:
        return f"{free}."
    units = words.number(taker.available_before - taker.available)
    said = _SAID.get(taker.kind, "taken")
    order = f" in order {taker.order_id}" if taker.order_id else ""
    return f"{free}; {units} were {said} {words.when(taker.happened_at)}{order}, by {taker.actor}."
