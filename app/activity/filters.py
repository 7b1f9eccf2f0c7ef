"""What a clerk wants to see of the log, as the address of the page says it."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from app import clock, words
from app.fields import Checks, Mistakes
from app.settings import settings
from app.stock.tables import EventKind

MOST = 100  # characters of what is searched for, as names have them at most


class When(StrEnum):
    ANY = "any"
    TODAY = "today"
    WEEK = "7"
    MONTH = "30"
    DATES = "dates"


DAYS = {When.TODAY: 1, When.WEEK: 7, When.MONTH: 30}  # up to today, and with it

KINDS: Mapping[str, tuple[EventKind, ...]] = {
    "sold": (EventKind.SOLD,),
    "received": (EventKind.RECEIVED,),
    "held": (EventKind.RESERVED, EventKind.RELEASED),
    "adjusted": (EventKind.ADJUSTED,),
    "counted": (EventKind.COUNTED,),
    "returned": (EventKind.RETURNED,),
    "alerts": (EventKind.LOW_STOCK, EventKind.RESTOCKED),
}


UNDONE = "undone"  # whatever kind it is


class Period(NamedTuple):
    """From a moment up to another; without one it has no end there."""

    since: datetime | None = None
    until: datetime | None = None


class Chosen(NamedTuple):
    """The filters as they were chosen, and what is wrong with them."""

    search: str
    who: str
    kind: str  # one of KINDS, or UNDONE, or empty
    when: When
    begin: str  # as typed
    end: str
    period: Period
    mistakes: Mistakes

    @property
    def query(self) -> dict[str, str]:
        """What an address has to say for the same choice; without what was not chosen."""
        days = {"from": self.begin, "to": self.end} if self.when is When.DATES else {}
        when = "" if self.when is When.ANY else self.when
        said = {"search": self.search, "who": self.who, "kind": self.kind, "when": when, **days}
        return {name: value for name, value in said.items() if value}


def read(asked: Mapping[str, str]) -> Chosen:
    """The filters of an address. What it cannot mean is left out; what was typed is corrected."""
    begin, end = _typed(asked, "from"), _typed(asked, "to")
    when = asked.get("when") or (When.DATES if begin or end else When.ANY)
    when = When(when) if when in list(When) else When.ANY
    check = Checks()
    if when is When.DATES:
        first = check("from", _day_or_none, begin)
        last = check("to", _day_or_none, end)
        if first and last and last < first:
            check.mistakes["to"] = "The end is before the beginning."
        period = Period(
            _midnight(first) if first else None, _midnight(last + timedelta(1)) if last else None
        )
    else:
        period = Period(_since(when))
    kind = asked.get("kind", "")
    return Chosen(
        search=_typed(asked, "search").strip(),
        who=_typed(asked, "who"),
        kind=kind if kind in {*KINDS, UNDONE} else "",
        when=when,
        begin=begin,
        end=end,
        period=period,
        mistakes=check.mistakes,
    )


def _typed(asked: Mapping[str, str], name: str) -> str:
    return "".join(filter(str.isprintable, asked.get(name, "")))[:MOST]


def _since(when: When) -> datetime | None:
    if when not in DAYS:
        return None
    return _midnight(words.local(clock.now()).date() - timedelta(DAYS[when] - 1))


def _day_or_none(typed: str) -> date | None:
    """A day as a browser sends one; None when nothing was typed."""
    if not typed.strip():
        return None
    if re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", typed.strip()):
        try:
            return date.fromisoformat(typed.strip())
        except ValueError:
            pass
    raise ValueError("Write the day like 2026-11-21.")


def _midnight(day: date) -> datetime:
    """When the day begins in the shop."""
    return datetime.combine(day, time(), settings.timezone)
