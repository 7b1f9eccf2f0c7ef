"""What changes the shelf: goods leave, arrive, come back, are counted."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from app import words
from app.database import action
from app.errors import Refusal
from app.stock import queries
from app.stock.actions.ledger import Entry, move, try_move
from app.stock.tables import AdjustmentReason, EventKind


class Shortage(NamedTuple):
    """One product of which too few are available."""

    product: int
    sku: str
    name: str
    wanted: int
    available: int


class ShortageOut(TypedDict):
    """One product of which too few are available, as programs are told it."""

    sku: str
    wanted: int
    available: int


class InsufficientStock(Refusal):
    kind = "insufficient-stock"
    title = "Too few are available"
    extra = (("shortages", list[ShortageOut]),)

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = shortages
        super().__init__(
            " ".join(
                f"Only {words.number(s.available)} of {s.sku} available, "
                f"{words.number(s.wanted)} wanted."
                for s in shortages
            )
        )

    @property
    def details(self) -> Mapping[str, Any]:
        shortages: list[ShortageOut] = [
            {"sku": s.sku, "wanted": s.wanted, "available": s.available} for s in self.shortages
        ]
        return {"shortages": shortages}


@action
async def sell(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """The goods of an order leave the shelf, or none of them: refused with every shortage at once.

    ``quantities`` are summed per product. They are taken in the order of product ids, so that two
    orders never wait for each other.
    """
    entry = Entry(EventKind.SOLD, actor, order_id=order_id)
    shortages = []
    for product, quantity in sorted(quantities.items()):
        if await try_move(product, entry, on_hand=-quantity) is None:
            level = await queries.level(product)
            shortages.append(Shortage(product, level.sku, level.name, quantity, level.available))
    if shortages:
        raise InsufficientStock(shortages)


@action
async def put_back(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """Sold goods come back to the shelf, summed per product."""
    entry = Entry(EventKind.RETURNED, actor, order_id=order_id)
    for product, quantity in sorted(quantities.items()):
        await move(product, entry, on_hand=quantity)


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
async def count(product: int, counted: int, *, actor: str, note: str = "") -> int:
    """Enter what was counted, or refuse to go below what is reserved; the event's id."""
    variance = counted - (await queries.level(product)).on_hand
    return await move(product, Entry(EventKind.COUNTED, actor, note=note), on_hand=variance)
