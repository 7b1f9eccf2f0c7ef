"""Until when something is put aside: what a clerk can choose, and what she typed, understood."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from app import clock, words
from app.fields import whole
from app.settings import settings

CLOSING = time(18)
LONGEST = timedelta(days=30)
MORE = "more"  # than a hold lasts already


class Choice(NamedTuple):
    value: str
    said: str


def choices() -> list[Choice]:
    """What to offer now, the shortest first."""
    minutes = settings.hold // timedelta(minutes=1)
    return [Choice(str(minutes), words.plural(minutes, "minute")), *_later()]


def _later() -> Iterator[Choice]:
    yield Choice("120", "2 hours")
    if _closing() - clock.now() > timedelta(hours=2):
        yield Choice("today", f"today {CLOSING:%H:%M}")
    yield Choice("tomorrow", f"tomorrow {CLOSING:%H:%M}")
    yield Choice("4320", "3 days")


def field(form: Mapping[str, str]) -> str:
    """Which field of a form says until when: minutes, if any are typed, or an end to choose."""
    return "minutes" if form["minutes"].strip() else "until"


def read(typed: str) -> timedelta:
    """From now on: ``today`` and ``tomorrow`` until closing, else a number of minutes.

    Nothing is as long as the shop holds things.
    """
    if not typed:
        return settings.hold
    if typed in {"today", "tomorrow"}:
        lasts = _closing(days=int(typed == "tomorrow")) - clock.now()
        if lasts <= timedelta(0):
            raise ValueError(f"It is past {CLOSING:%H:%M}. Choose a later time.")
        return lasts
    most = LONGEST // timedelta(minutes=1)
    return timedelta(minutes=whole(typed, least=1, most=most, what="The number of minutes"))


def more(ends: datetime) -> timedelta:
    """From now on: as long as the shop holds things, and behind what it lasts already."""
    lasts = ends - clock.now() + settings.hold
    if lasts > LONGEST:
        raise ValueError(f"A hold can last {LONGEST.days} days at most.")
    return lasts


def end(typed: str) -> datetime:
    """When a hold ends, as a form was filled with it."""
    try:
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("Look at the order anew.") from None


def _closing(days: int = 0) -> datetime:
    today = words.local(clock.now()).date()
    return datetime.combine(today + timedelta(days), CLOSING, settings.timezone)
