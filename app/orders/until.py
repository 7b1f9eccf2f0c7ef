"""Until when something is put aside: the ends a clerk may choose, and minutes."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum

from app import clock, fields, words
from app.settings import settings

CLOSING = time(18)  # when customers come at the latest
LONGEST = timedelta(days=30)


class Until(StrEnum):
    """An end that a clerk may choose."""

    HOLD = "hold"  # as long as the shop holds what nobody says more of
    TODAY = "today"
    TOMORROW = "tomorrow"
    DAYS = "days"


_AWAY = {Until.TODAY: 0, Until.TOMORROW: 1, Until.DAYS: 3}  # days


def choices(*, more: str = "") -> Mapping[str, str]:
    """The ends that can be chosen now, and how they are called."""
    ends = {until: _closing(until) for until in _AWAY}
    return {
        Until.HOLD: words.plural(settings.hold // timedelta(minutes=1), "minute") + more,
        **{until: f"until {words.time(end)}" for until, end in ends.items() if end > clock.now()},
    }


def end(typed: str, *, begin: datetime) -> datetime:
    """When the chosen end is, for what began then; raises ValueError for what cannot be chosen."""
    until = fields.choice(Until, "an end")(typed)
    chosen = begin + settings.hold if until is Until.HOLD else _closing(until)
    if chosen <= clock.now():
        raise ValueError("That time is over. Choose another end.")
    if chosen > clock.now() + LONGEST:
        raise ValueError(f"A hold can last {LONGEST.days} days at most.")
    return chosen


def minutes(typed: str) -> timedelta | None:
    """So many minutes instead of a chosen end; None when nothing is typed."""
    if not typed.strip():
        return None
    most = LONGEST // timedelta(minutes=1)
    return timedelta(minutes=fields.whole(typed, least=1, most=most, what="The number of minutes"))


def _closing(until: Until) -> datetime:
    day = words.local(clock.now()).date() + timedelta(days=_AWAY[until])
    return datetime.combine(day, CLOSING, settings.timezone)
