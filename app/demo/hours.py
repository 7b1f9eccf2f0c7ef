"""When the demo shop was open during the last two weeks."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from app.settings import settings
from app.words import local

DAYS = 12  # two weeks without their Sundays
OPENS, CLOSES = time(9), time(17, 30)
SUNDAY = 6
SHORTEST = timedelta(minutes=15)  # open today, before today counts
A_MOMENT = timedelta(seconds=90)  # since the last thing happened


class Day(NamedTuple):
    """The opening hours of one day."""

    opens: datetime
    closes: datetime

    @property
    def seconds(self) -> int:
        return int((self.closes - self.opens).total_seconds())

    def after(self, share: float) -> datetime:
        """The moment at which this share of the day is over."""
        return self.opens + timedelta(seconds=int(self.seconds * share))


def opening_days(now: datetime) -> list[Day]:
    """The days of the last two weeks, oldest first; today is the last if the shop has opened."""
    days: list[Day] = []
    date = local(now).date()
    while len(days) < DAYS:
        opens, closes = (
            datetime.combine(date, hour, settings.timezone).astimezone(UTC)
            for hour in (OPENS, CLOSES)
        )
        if date.weekday() != SUNDAY and opens + SHORTEST <= now:
            days.append(Day(opens, min(closes, now.replace(microsecond=0) - A_MOMENT)))
        date -= timedelta(days=1)
    return days[::-1]


def moments(days: Sequence[Day], count: int, random: Random) -> Iterator[datetime]:
    """So many moments of these days, in order; the last is the end of the last day."""
    ends = list(accumulate(day.seconds for day in days))
    for share in [*sorted(random.random() for _ in range(count - 1)), 1]:
        second = int(share * ends[-1])
        nth = bisect_left(ends, second)
        yield days[nth].closes - timedelta(seconds=ends[nth] - second)
