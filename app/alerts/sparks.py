"""Fourteen days of what was available, drawn in the space of a word."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.alerts.pace import DAYS, Pace
from app.database import DB
from app.stock.queries import Level

STEP, TOP, BOTTOM = 5, 2, 22  # in a box of 70 by 24

Past = Sequence[int | None]  # what was available as each day began; None before there was any


class Spark(NamedTuple):
    """A stair from fourteen days ago until now, because stock moves in steps."""

    line: str
    reorder_point: int
    now: int

    @classmethod
    def of(cls, level: Level, past: Past) -> "Spark":
        known = [value for value in past if value is not None]
        values = [*known, level.available]
        ceiling = max(*values, level.reorder_point, 1)
        heights = [BOTTOM - (BOTTOM - TOP) * value // ceiling for value in values]
        line = f"M{STEP * (DAYS - len(known))} {heights[0]}"
        for day, (before, after) in enumerate(pairwise(heights), DAYS - len(known) + 1):
            if before != after:
                line += f"H{STEP * day}V{after}"
        line += f"H{STEP * DAYS}"
        return cls(line, BOTTOM - (BOTTOM - TOP) * level.reorder_point // ceiling, heights[-1])


_pasts: dict[str, tuple[Pace, dict[int, Past]]] = {}  # by shop


async def sparks(levels: Sequence[Level], pace: Pace) -> dict[int, Spark]:
    """The sparks of these products. Their past is read once for each pace, only today moves on."""
    of_pace, pasts = _pasts.get(DB.shop, (None, {}))
    if of_pace is not pace:
        pasts = {}
        _pasts[DB.shop] = pace, pasts
    if missing := [level.id for level in levels if level.id not in pasts]:
        for product, *past in await DB.fetch(_past(missing, pace)):
            pasts[product] = past
    return {level.id: Spark.of(level, pasts[level.id]) for level in levels}


def _past(products: Iterable[int], pace: Pace) -> str:
    """One step along the index for each product and day, however much happened in between."""
    columns = ", ".join(
        "(SELECT e.on_hand - e.reserved FROM stock_event e "
        f"WHERE e.product = l.product AND e.id < {first} ORDER BY e.id DESC LIMIT 1)"
        for first in pace.days
    )
    among = ", ".join(map(str, products))
    return f"SELECT l.product, {columns} FROM stock_level l WHERE l.product IN ({among})"
