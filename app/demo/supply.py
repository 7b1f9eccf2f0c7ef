"""How many there were of each product when the two weeks began, and what was delivered since."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import accumulate
from operator import attrgetter
from random import Random
from typing import NamedTuple

from app.demo.chores import Received
from app.demo.hours import DAYS

LEAD_DAYS = 3  # from an order to its delivery

# What a person would write down as a reorder point, and how suppliers pack.
_POINTS = (0, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 36, 48, 60, 72, 96, 120, 150, 200, 250, 300)
_PACKS = (144, 72, 48, 24, 12, 6)


class Change(NamedTuple):
    """How the number of one product changed, and when."""

    at: datetime
    change: int


class Ending(Enum):
    """How a product stands when the two weeks are over."""

    WELL = "well"
    LOW = "low"
    OUT = "out"


class Supply(NamedTuple):
    """What has to be there, so that all that happens to a product can happen."""

    opening: int
    reorder_point: int
    deliveries: Sequence[tuple[datetime, Received]]


def can_run_out(course: Sequence[Change]) -> bool:
    """Whether a product sold steadily and never stood lower than at the end."""
    levels = list(accumulate(change for _, change in course))
    return len(levels) > 4 and min(levels) == levels[-1] < -8


def supply(
    sku: str,
    course: Sequence[Change],
    arrivals: Mapping[datetime, str],
    ending: Ending,
    random: Random,
) -> Supply:
    """What leads one product through its course to its ending.

    ``arrivals`` are the deliveries it could come with, and their notes. What runs low or out is
    what did not come.
    """
    point = _reorder_point(course)
    levels = list(accumulate((change for _, change in course), initial=0))
    opening = max(_left(point, ending, random) - levels[-1], -min(levels))
    deliveries = []
    if course and ending is Ending.WELL:
        for at, note in sorted(arrivals.items(), reverse=True):
            sold_before = bisect_left(course, at, key=attrgetter("at"))
            spare = opening + min(levels[: sold_before + 1])  # nobody misses these until then
            if units := _packed(spare * random.uniform(0.2, 0.9)):
                deliveries.append((at, Received(sku, units, note)))
                opening -= units
    return Supply(opening, point, deliveries)


def _reorder_point(course: Sequence[Change]) -> int:
    """What is sold while a delivery is on its way, as a round number."""
    needed = -sum(change for _, change in course if change < 0) * LEAD_DAYS / DAYS
    place = bisect_left(_POINTS, needed)
    return _POINTS[place] if place < len(_POINTS) else int(needed) // 100 * 100


def _left(point: int, ending: Ending, random: Random) -> int:
    """How many there are at the end: of most things enough, of a few a great many."""
    well = 1 + int(point * random.uniform(1.3, 4) + random.lognormvariate(2.5, 1))
    low = random.randint(1, max(1, point))
    return {Ending.WELL: well, Ending.LOW: low, Ending.OUT: 0}[ending]


def _packed(units: float) -> int:
    """As many of them as come in whole packs, at least two of a size; or none."""
    pack = next((pack for pack in _PACKS if units >= 2 * pack), 0)
    return int(units // pack) * pack if pack else 0
