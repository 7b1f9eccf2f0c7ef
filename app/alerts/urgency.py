"""What runs out first: the order of everything that is low, and the places in it."""

import base64
from bisect import bisect_right
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

import msgspec

from app.alerts.pace import Pace
from app.database import DB
from app.stock import lists, queries
from app.stock.lists import Number, Sort, Status
from app.stock.queries import Level


class Urgency(NamedTuple):
    """How urgent one product is, as it sorts; also a place in the list, behind that product.

    First what is empty soonest, of that what sells most; last what nobody wants, fewest first.
    """

    is_idle: bool
    hours: float  # until it is empty
    demand: int  # less than 0: minus what was sold
    available: int
    product: Number

    @classmethod
    def of(cls, product: int, available: int, pace: Pace) -> "Urgency":
        hours = pace.hours_left(product, available)
        return cls(hours is None, hours or 0.0, -pace.sold.get(product, 0), available, product)

    @property
    def cursor(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode()


def place(cursor: str) -> Urgency:
    """The place of a cursor; raises ValueError for one that we have not given out."""
    with suppress(msgspec.MsgspecError, ValueError):
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Urgency)
    raise ValueError("This is not a place in the list.")


async def urgent(
    pace: Pace, *, at: Urgency | None, limit: int, without: Collection[int] = ()
) -> tuple[list[Level], str | None]:
    """What is low from a place on, most urgent first, and the place behind it if there is more."""
    selling = await _selling(pace)
    behind = islice(selling, bisect_right(selling, at) if at else 0, None)
    chosen = list(islice((u for u in behind if u.product not in without), limit + 1))
    levels = {level.id: level for level in await queries.levels([u.product for u in chosen])}
    if len(chosen) <= limit:
        rest = await _idle(at, limit + 1 - len(chosen), {*without, *pace.sold})
        chosen += [of(level, pace) for level in rest]
        levels |= {level.id: level for level in rest}
    found = [levels[u.product] for u in chosen[:limit]]
    is_more = len(chosen) > limit
    return [level for level in found if level.is_low], chosen[limit - 1].cursor if is_more else None


def of(level: Level, pace: Pace) -> Urgency:
    return Urgency.of(level.id, level.available, pace)


_LOW = (
    "SELECT l.product, l.on_hand - l.reserved FROM stock_level l "
    "WHERE l.on_hand - l.reserved <= l.reorder_point "  # in the words of its partial index
    "AND l.product NOT IN (SELECT id FROM product WHERE archived)"
)
_ranked: dict[str, tuple[int, Pace, Sequence[Urgency]]] = {}  # by shop


async def _selling(pace: Pace) -> Sequence[Urgency]:
    """What is low and wanted, in order; as long as neither the log nor the pace has changed."""
    last_event = await queries.last_event()
    upto, of_pace, ranked = _ranked.get(DB.path, (-1, None, ()))
    if upto != last_event or of_pace is not pace:
        sold = pace.sold
        ranked = sorted(
            Urgency.of(product, available, pace)
            for product, available in await DB.fetch(_LOW)
            if product in sold
        )
        _ranked[DB.path] = last_event, pace, ranked
    return ranked


async def _idle(at: Urgency | None, limit: int, skipped: Collection[int]) -> list[Level]:
    """What is low and nobody wants, fewest first, along its index."""
    turned = None
    if at and at.is_idle:
        turned = lists.Place(Sort.AVAILABLE, False, at.available, at.product)
    found: list[Level] = []
    while len(found) < limit:
        page = await lists.page(status=Status.LOW, sort=Sort.AVAILABLE, at=turned)
        found += [level for level in page.levels if level.id not in skipped]
        if page.next is None:
            break
        turned = lists.place(page.next)
    return found[:limit]
