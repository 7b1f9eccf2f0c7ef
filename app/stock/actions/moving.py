"""What clerks do to the shelf: goods arrive, are corrected, are counted."""

from app import clock, words
from app.database import Arg, Prepared, action
from app.errors import Invalid, Refusal
from app.stock import log, queries
from app.stock.actions.ledger import Entry, hold_still, move
from app.stock.tables import AdjustmentReason, EventKind, Recount


class CountedMeanwhile(Refusal):
    kind = "stale"
    title = "It was counted meanwhile"

    def __init__(self, sku: str, count: queries.Event) -> None:
        super().__init__(
            f"{count.actor} counted {words.number(count.on_hand)} of {sku} "
            f"{words.when(count.happened_at)}. Nothing was changed; count it once more."
        )


_COUNTED = Prepared(
    Recount.raw(
        "UPDATE recount SET done_at = (SELECT happened_at FROM stock_event WHERE id = {}) "
        "WHERE product = {} AND done_at IS NULL",
        Arg("event"),
        Arg("product"),
    ),
    int,
)
_ASKED = Prepared(
    Recount.select(Recount.id).where(Recount.product == Arg("product"), Recount.done_at.is_null()),
    int,
)
_ASK = Prepared(
    Recount.insert(
        Recount(product=Arg("product"), note=Arg("note"), actor=Arg("actor"), asked_at=Arg("now"))
    ).returning(Recount.id),
    int,
)


@action
async def receive(product: int, quantity: int, *, actor: str, note: str = "") -> int:
    """A delivery arrives. Returns the id of its event."""
    return await move(product, Entry(EventKind.RECEIVED, actor, note=note), on_hand=quantity)


@action
async def adjust(
    product: int, change: int, *, reason: AdjustmentReason, actor: str, note: str = ""
) -> int:
    """Correct the shelf and say why, or refuse to go below what is reserved; the event's id."""
    entry = Entry(EventKind.ADJUSTED, actor, reason=reason, note=note)
    return await move(product, entry, on_hand=change)


@action
async def count(
    product: int, counted: int, *, actor: str, note: str = "", as_of: int | None = None
) -> int:
    """Enter what was counted when ``as_of`` was the newest event; now when it is None.

    What happened since stays: the shelf is changed by the variance of then. Refuses to go below
    what is reserved, a count that overlaps another, and a moment that never was. Returns the
    event's id.
    """
    await hold_still(product)
    level = await queries.level(product)
    variance = counted - (level.on_hand if as_of is None else await _on_hand_at(as_of, level))
    event = await move(product, Entry(EventKind.COUNTED, actor, note=note), on_hand=variance)
    await _COUNTED.all(product=product, event=event)
    return event


@action
async def ask_for_count(product: int, *, actor: str, note: str) -> None:
    """Somebody shall count it; asked once, until it is done."""
    if await _ASKED.first(product=product) is None:
        await _ASK.one(product=product, actor=actor, note=note, now=clock.now())


async def _on_hand_at(as_of: int, level: queries.Level) -> int:
    if later := await log.counted_after(level.id, as_of):
        raise CountedMeanwhile(level.sku, later)
    on_hand = await log.on_hand_at(level.id, as_of)
    if on_hand is None or as_of > level.as_of:
        raise Invalid({"as_of": f"There is no such moment to have counted {level.sku} at."})
    return on_hand
