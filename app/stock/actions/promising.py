"""What orders ask of the shelf: units are promised, sold, released, and come back.

``quantities`` are summed per product. They are taken in the order of product ids, so that two
orders never wait for each other.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from app import words
from app.database import action
from app.errors import Refusal
from app.stock import promises, queries
from app.stock.actions.ledger import Entry, move, try_move
from app.stock.promises import MOST_SAID, Promise
from app.stock.tables import EventKind


class Shortage(NamedTuple):
    """One product of which too few are available, and for whom the next are reserved."""

    product: int
    sku: str
    name: str
    wanted: int
    available: int
    promises: Sequence[Promise] = ()


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


class Unbalanced(RuntimeError):
    """A bug, not a refusal: less is reserved than the open orders ask for."""


@action
async def sell(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """The goods of an order leave the shelf, or none: refused with every shortage at once."""
    await _take(quantities, Entry(EventKind.SOLD, actor, order_id=order_id), on_hand=-1)


@action
async def reserve(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """Promise units to an order, or none of them: refused with every shortage at once."""
    await _take(quantities, Entry(EventKind.RESERVED, actor, order_id=order_id), reserved=1)


@action
async def release(
    quantities: Mapping[int, int], *, order_id: int, actor: str, reason: str | None = None
) -> dict[int, int]:
    """Take back what was promised to an order. Returns the id of each product's event."""
    entry = Entry(EventKind.RELEASED, actor, reason, order_id=order_id)
    return await _keep(quantities, entry, reserved=-1)


@action
async def hand_over(quantities: Mapping[int, int], *, order_id: int, actor: str) -> None:
    """Keep what was promised to an order: the goods leave the shelf, and the promise ends."""
    await _keep(
        quantities, Entry(EventKind.SOLD, actor, order_id=order_id), on_hand=-1, reserved=-1
    )


@action
async def put_back(quantities: Mapping[int, int], *, order_id: int, actor: str) -> dict[int, int]:
    """Sold goods come back to the shelf. Returns the id of each product's event."""
    entry = Entry(EventKind.RETURNED, actor, order_id=order_id)
    return {
        product: await move(product, entry, on_hand=quantity)
        for product, quantity in sorted(quantities.items())
    }


@action
async def write_off(
    quantities: Mapping[int, int], *, reason: str, order_id: int, actor: str
) -> dict[int, int]:
    """Sold goods that will not stand on the shelf again: written down, and nothing is changed."""
    return {
        product: await move(
            product,
            Entry(EventKind.RETURNED, actor, reason, words.number(quantity), order_id),
            on_hand=0,
        )
        for product, quantity in sorted(quantities.items())
    }


async def _take(
    quantities: Mapping[int, int], entry: Entry, *, on_hand: int = 0, reserved: int = 0
) -> None:
    shortages = []
    for product, quantity in sorted(quantities.items()):
        moved = await try_move(
            product, entry, on_hand=on_hand * quantity, reserved=reserved * quantity
        )
        if moved is None:
            level = await queries.level(product)
            others = await promises.of(product, but=entry.order_id, most=MOST_SAID)
            shortages.append(
                Shortage(product, level.sku, level.name, quantity, level.available, others)
            )
    if shortages:
        raise InsufficientStock(shortages)


async def _keep(
    quantities: Mapping[int, int], entry: Entry, *, on_hand: int = 0, reserved: int = 0
) -> dict[int, int]:
    """What an open order has reserved can always be released or sold; anything else is a bug."""
    events = {}
    for product, quantity in sorted(quantities.items()):
        moved = await try_move(
            product, entry, on_hand=on_hand * quantity, reserved=reserved * quantity
        )
        if moved is None:
            raise Unbalanced(f"product {product} has less reserved than order {entry.order_id}")
        events[product] = moved
    return events
