"""What a product has been through: why it stands at its number, and its last fourteen days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast

import msgspec
from piccolo.columns.combination import WhereRaw

from app import clock, words
from app.database import Arg, Prepared
from app.stock import promises
from app.stock.log import STANDS
from app.stock.promises import Promise
from app.stock.queries import EVENT_COLUMNS, Event, Level, first_event_since
from app.stock.tables import EventKind, StockEvent

DAYS = 14
MOST_STEPS = 2_000  # of a curve

# How a change of on hand is called in a sentence: "+8 found and −8 sold".
_SAID: dict[str, str] = {
    EventKind.SOLD: "sold",
    EventKind.RECEIVED: "received",
    EventKind.RETURNED: "returned",
    "theft": "stolen",
    "own_use": "used by us",
    "correction": "corrected",
}


class Step(NamedTuple):
    """All changes of one kind since the last time the number was certain."""

    change: int
    said: str


class Why(msgspec.Struct, frozen=True):
    """Why this number: where it was certain, what has changed it since, and who has the rest."""

    certain: Event | None  # the last count, or the opening stock
    steps: Sequence[Step]
    promises: Sequence[Promise]  # for whom units are reserved, the first to end first


def _said(kind: str) -> str:
    return _SAID.get(kind, kind)


_CERTAIN = Prepared(
    StockEvent.select(*EVENT_COLUMNS)
    .where(
        StockEvent.product == Arg("product"),
        WhereRaw(
            "(kind = 'counted' OR kind = 'received' "
            "AND id = (SELECT min(id) FROM stock_event WHERE product = {}))",
            Arg("product"),
        ),
        WhereRaw(STANDS),
    )
    .order_by(StockEvent.id, ascending=False)
    .limit(1),
    Event,
)
_SINCE = Prepared(
    StockEvent.raw(
        "SELECT sum(on_hand_change), kind, reason FROM stock_event "
        f"WHERE product = {{}} AND id > {{}} AND on_hand_change <> 0 AND {STANDS} "
        "GROUP BY kind, reason ORDER BY min(id)",
        Arg("product"),
        Arg("after"),
    ),
    lambda change, kind, reason: Step(change, _said(reason or kind)),
)


async def why(product: int) -> Why:
    """Why the product has as many available as it has."""
    certain = await _CERTAIN.first(product=product)
    steps = await _SINCE.all(product=product, after=certain.id if certain else 0)
    return Why(certain, steps, await promises.of(product))


class Curve(msgspec.Struct, frozen=True):
    """On hand over fourteen days, drawn as a stair in a box of 1000 by 100."""

    line: str
    area: str
    rules: Sequence[tuple[float, str]]  # height in the box, and its number
    days: Sequence[tuple[float, str]]  # per cent of the width, and its name
    reorder_point: float
    now: float
    lowest: int
    highest: int
    sold_a_day: float
    days_left: int | None  # at this pace; None when nothing is sold


class _Moment(NamedTuple):
    happened_at: datetime
    change: int
    on_hand: int


_MOMENTS = Prepared(
    StockEvent.raw(
        "SELECT happened_at, on_hand_change, on_hand FROM stock_event "
        "WHERE product = {} AND id >= {} AND on_hand_change <> 0 ORDER BY id DESC LIMIT {}",
        Arg("product"),
        Arg("first"),
        Arg("limit"),
    ),
    _Moment,
)
_OPENED = Prepared(
    StockEvent.raw(
        "SELECT happened_at FROM stock_event WHERE product = {} ORDER BY id LIMIT 1",
        Arg("product"),
    ),
    lambda at: cast("datetime", at),
)
_SOLD = Prepared(
    StockEvent.raw(
        "SELECT coalesce(-sum(on_hand_change), 0) FROM stock_event "
        "WHERE product = {} AND id >= {} AND kind = 'sold'",
        Arg("product"),
        Arg("first"),
    ),
    int,
)

TOP, BOTTOM = 6.0, 88.0  # of the drawing, in its box


async def curve(level: Level) -> Curve:
    """The last fourteen days of one product."""
    until = clock.now()
    since = until - timedelta(DAYS)
    first = await first_event_since(since)
    moments = (await _MOMENTS.all(product=level.id, first=first, limit=MOST_STEPS))[::-1]
    opened = await _OPENED.first(product=level.id) or since
    begins, begin = max(since, opened), level.on_hand
    if moments:
        oldest = moments[0]
        is_opening = oldest.happened_at == opened  # before it there was no product
        begin = oldest.on_hand if is_opening else oldest.on_hand - oldest.change
        if len(moments) == MOST_STEPS:
            begins = oldest.happened_at
    values = [begin, *(moment.on_hand for moment in moments)]
    ceiling = _round_up(max(*values, level.reorder_point, 4))

    def height(value: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / ceiling, 1)

    def across(moment: datetime) -> float:
        return round(1000 * (moment - since) / (until - since), 1)

    steps = "".join(f"H{across(m.happened_at)}V{height(m.on_hand)}" for m in moments)
    line = f"M{across(begins)} {height(begin)}{steps}H1000"
    sold = await _SOLD.one(product=level.id, first=first)
    return Curve(
        line=line,
        area=f"{line}V{BOTTOM}H{across(begins)}Z",
        rules=[(height(v), words.number(v)) for v in range(0, ceiling + 1, ceiling // 4)],
        days=[(across(day) / 10, words.short_day(day)) for day in _days(since, until)],
        reorder_point=height(level.reorder_point),
        now=height(level.on_hand),
        lowest=min(values),
        highest=max(values),
        sold_a_day=sold / DAYS,
        days_left=round(level.on_hand * DAYS / sold) if sold else None,
    )


def _round_up(value: int) -> int:
    """The next number that four rules divide nicely."""
    step = 4
    while step * 10 < value:
        step *= 10
    return next(step * n for n in (1, 2, 3, 4, 5, 6, 8, 10) if step * n >= value)


def _days(since: datetime, until: datetime) -> list[datetime]:
    """The midnights of the shop between two moments, every second one."""
    first = words.local(since).replace(hour=0, minute=0, second=0, microsecond=0)
    midnights = [first + timedelta(days=n) for n in range(1, DAYS + 1, 2)]
    return [midnight for midnight in midnights if midnight < until]
