"""Who takes care of which alert, as it stands."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app import clock, words
from app.alerts.tables import AlertCare
from app.database import DB, Arg, Prepared
from app.stock import queries as stock

MORNING = time(8)  # in the shop


def said(day: date) -> str:
    """today, Tue within a week, else 6 Dec."""
    ahead = (day - words.local(clock.now()).date()).days
    if ahead == 0:
        return "today"
    return f"{day:%a}" if abs(ahead) < 7 else f"{day.day} {day:%b}"


class Claim(NamedTuple):
    """Who takes care of it."""

    by: str
    at: datetime


class Snooze(NamedTuple):
    """Who put it off, and until when."""

    by: str
    until: datetime


class Until(StrEnum):
    """For how long an alert is put off."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    WEEK = "week"

    def moment(self) -> datetime:
        now = clock.now()
        if self is not Until.TOMORROW:
            return now + (timedelta(hours=1) if self is Until.HOUR else timedelta(weeks=1))
        local = words.local(now)
        return datetime.combine(local.date() + timedelta(days=1), MORNING, local.tzinfo)


class OnItsWay(NamedTuple):
    """How many were ordered, by whom, and the day on which they are due."""

    units: int
    by: str
    at: datetime
    due_on: date

    @property
    def is_late(self) -> bool:
        return self.due_on < words.local(clock.now()).date()

    @property
    def due(self) -> str:
        """due Tue, was due Mon."""
        return f"{'was due' if self.is_late else 'due'} {said(self.due_on)}"


class Care(NamedTuple):
    """What people do about one alert."""

    claim: Claim | None = None
    snooze: Snooze | None = None
    on_its_way: OnItsWay | None = None


class Only(StrEnum):
    """Ways to cut the alerts by what is done about them."""

    MINE = "mine"
    CLAIMED = "claimed"
    ORDERED = "ordered"
    SNOOZED = "snoozed"

    def has(self, care: Care, name: str) -> bool:
        match self:
            case Only.MINE:
                return care.claim is not None and care.claim.by == name
            case Only.CLAIMED:
                return care.claim is not None
            case Only.ORDERED:
                return care.on_its_way is not None
            case Only.SNOOZED:
                return care.snooze is not None


def _care(*row: Any) -> Care:
    claimed_by, claimed_at, snoozed_by, until, units, ordered_by, ordered_at, due_on = row
    return Care(
        Claim(claimed_by, claimed_at) if claimed_by else None,
        Snooze(snoozed_by, until) if snoozed_by and until > clock.now() else None,
        OnItsWay(units, ordered_by, ordered_at, due_on) if units else None,
    )


_COLUMNS = (
    "c.claimed_by, c.claimed_at, c.snoozed_by, c.snoozed_until, "
    "c.ordered, c.ordered_by, c.ordered_at, c.due_on"
)
_CARE = Prepared(
    AlertCare.raw(f"SELECT {_COLUMNS} FROM alert_care c WHERE c.product = {{}}", Arg("product")),
    _care,
)
# Of those that are low now, and for the crossing that made them so. CROSS JOIN keeps SQLite from
# beginning with what is low.
_CARES = Prepared(
    AlertCare.raw(
        f"SELECT c.product, {_COLUMNS} "
        "FROM alert_care c CROSS JOIN stock_level l "
        "WHERE l.product = c.product AND l.on_hand - l.reserved <= l.reorder_point "
        "AND c.product NOT IN (SELECT id FROM product WHERE archived) AND c.crossing = "
        "(SELECT max(e.id) FROM stock_event e "
        "WHERE e.product = c.product AND e.kind = 'low_stock')"
    ),
    lambda product, *care: (int(product), _care(*care)),
)
_CHANGES = Prepared(
    AlertCare.raw(
        "SELECT coalesce(sum(2 * revision + CASE WHEN snoozed_until <= {} THEN 1 ELSE 0 END), 0) "
        "FROM alert_care",
        Arg("now"),
    ),
    int,
)
_cares: dict[str, tuple[int, int, dict[int, Care]]] = {}  # by shop


async def care_of(product: int) -> Care:
    """What is done about one product, for an action that has begun it."""
    return await _CARE.one(product=product)


async def changes() -> int:
    """A number that grows whenever anybody does anything about an alert, or a snooze ends.

    A change counts two, so that it outweighs the end of a snooze that it may take back.
    """
    return await _CHANGES.one(now=clock.now())


async def cares() -> dict[int, Care]:
    """What is done about what is low, by product. It changes with the log and with ``changes``."""
    last_event, number = await stock.last_event(), await changes()
    upto, counted, known = _cares.get(DB.shop, (-1, -1, {}))
    if (upto, counted) != (last_event, number):
        known = dict(await _CARES.all())
        _cares[DB.shop] = last_event, number, known
    return known
