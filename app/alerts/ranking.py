"""What runs out first: everything that is low, most urgent first.

What sells is kept in order, and kept up with the log product by product: so it costs as much as has
changed, however many are low. What nobody wants comes behind it, along the index of what is low.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from app.alerts import urgency
from app.alerts.pace import Pace
from app.alerts.urgency import Urgency
from app.database import DB
from app.stock import lists, queries
from app.stock.lists import Sort, Status
from app.stock.queries import Level

MOST_CHANGED = 1_000  # products; behind more it is read anew

Row = tuple[int, int]  # a product that is low, and how many are available

# What was archived, few, is left out.
_LEVELS = (
    "SELECT l.product, l.on_hand - l.reserved FROM stock_level l "
    "WHERE l.product NOT IN (SELECT id FROM product WHERE archived)"
)
# Said twice: in the words of the partial index of what is low, and so that it is not walked.
_LOW = f"{_LEVELS} AND l.on_hand - l.reserved <= l.reorder_point"
_LOW_AMONG = f"{_LEVELS} AND l.on_hand <= l.reorder_point + l.reserved AND l.product IN "


class Ranking:
    """What is low and wanted, most urgent first, as of one event."""

    def __init__(self, pace: Pace, as_of: int, low: Iterable[Row]) -> None:
        self.pace = pace
        self.as_of = as_of
        self.hours = pace.hours
        self._known = {
            product: Urgency.of(product, available, pace)
            for product, available in low
            if product in pace.sold
        }
        self.order = sorted(self._known.values())

    async def catch_up(self) -> bool:
        """Take in what the pace knows of; False when that is too much."""
        if self.hours != self.pace.hours:  # by which everything was reckoned
            return False
        while self.as_of < self.pace.upto:
            as_of, upto = self.as_of, self.pace.upto
            changed = await queries.changed(as_of, upto, limit=MOST_CHANGED + 1)
            if len(changed) > MOST_CHANGED:
                return False
            low = await DB.fetch(f"{_LOW_AMONG} ({', '.join(map(str, changed))})")
            if self.as_of == as_of:  # else somebody was faster
                self._change(changed, low)
                self.as_of = upto
        return True

    def _change(self, products: Iterable[int], low: Iterable[Row]) -> None:
        for product in products:
            if before := self._known.pop(product, None):
                del self.order[bisect_left(self.order, before)]
        for product, available in low:
            if product in self.pace.sold:
                self._known[product] = now = Urgency.of(product, available, self.pace)
                insort(self.order, now)


_rankings: dict[str, Ranking] = {}  # by shop


async def _selling(pace: Pace) -> Sequence[Urgency]:
    ranking = _rankings.get(DB.shop)
    if ranking is None or ranking.pace is not pace or not await ranking.catch_up():
        as_of = pace.upto
        ranking = _rankings[DB.shop] = Ranking(pace, as_of, await DB.fetch(_LOW))
    return ranking.order


async def urgent(
    pace: Pace, *, at: Urgency | None, limit: int, without: Collection[int] = ()
) -> tuple[list[Level], str | None]:
    """What is low from a place on, most urgent first, and the place behind it if there is more."""
    selling = await _selling(pace)
    behind = islice(selling, bisect_right(selling, at) if at else 0, None)
    chosen = list(islice((u for u in behind if u.product not in without), limit + 1))
    levels = {level.id: level for level in await queries.levels([u.product for u in chosen])}
    if len(chosen) <= limit:
        rest = await _idle(pace, at, limit + 1 - len(chosen), without)
        chosen += [urgency.of(level, pace) for level in rest]
        levels |= {level.id: level for level in rest}
    found = [levels[u.product] for u in chosen[:limit]]
    is_more = len(chosen) > limit
    return [level for level in found if level.is_low], chosen[limit - 1].cursor if is_more else None


async def _idle(
    pace: Pace, at: Urgency | None, limit: int, without: Collection[int]
) -> list[Level]:
    """What is low and nobody wants, fewest first, along its index."""
    turned = None
    if at and at.is_idle:
        turned = lists.Place(Sort.AVAILABLE, False, at.available, at.product)
    found: list[Level] = []
    while len(found) < limit:
        page = await lists.page(status=Status.LOW, sort=Sort.AVAILABLE, at=turned)
        idle = (level for level in page.levels if level.id not in pace.sold)
        found += [level for level in idle if level.id not in without]
        if page.next is None:
            break
        turned = lists.place(page.next)
    return found[:limit]
