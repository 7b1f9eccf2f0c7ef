"""What those who count see: what they counted themselves first, then others, then what is left."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from app.counts.queries import IS_APPLIED
from app.counts.tables import CountEntry, CountLine
from app.database import Arg, Prepared

MOST_LINES = 50  # of each kind, on one screen


class Line(msgspec.Struct, frozen=True):
    """One product of a session, and who touched it last."""

    product: int
    sku: str
    name: str
    counted: int | None
    expected: int
    is_applied: bool
    is_mine: bool
    kind: str | None  # an EntryKind: of the last entry that stands
    quantity: int | None
    actor: str | None
    entered_at: datetime | None


class Scan(NamedTuple):
    """An entry that can be taken back."""

    id: int
    product: int
    name: str
    quantity: int


class Lines(NamedTuple):
    """The list on a screen that counts."""

    counted: Sequence[Line]
    uncounted: Sequence[Line]
    last_scan: Scan | None  # of the clerk who looks


_LINE = (
    "SELECT p.id, p.sku, p.name, n.counted, coalesce(seen.on_hand, l.on_hand), "
    f"{IS_APPLIED} AS is_applied, mine.id IS NOT NULL AS is_mine, "
    "e.kind, e.quantity, e.actor, e.entered_at "
    "FROM count_line n JOIN product p ON p.id = n.product "
    "JOIN stock_level l ON l.product = n.product "
    "LEFT JOIN stock_event seen ON seen.id = n.as_of "
    "LEFT JOIN (SELECT line, max(id) AS id FROM count_entry "
    "WHERE session = {} AND clerk = {} AND stands GROUP BY line) mine ON mine.line = n.id "
    "LEFT JOIN count_entry e ON e.id = "
    "(SELECT max(x.id) FROM count_entry x WHERE x.line = n.id AND x.stands) "
    "WHERE n.session = {}"
)
# What others count moves below what one counts oneself, so that no button moves under a finger.
_COUNTED = Prepared(
    CountLine.raw(
        f"{_LINE} AND n.counted IS NOT NULL ORDER BY mine.id IS NULL, mine.id DESC, e.id DESC "
        f"LIMIT {MOST_LINES}",
        Arg("session"),
        Arg("clerk"),
        Arg("session"),
    ),
    Line,
)
_UNCOUNTED = Prepared(
    CountLine.raw(
        f"{_LINE} AND n.counted IS NULL AND n.is_chosen ORDER BY p.name_key, p.id "
        f"LIMIT {MOST_LINES}",
        Arg("session"),
        Arg("clerk"),
        Arg("session"),
    ),
    Line,
)
_LAST_SCAN = Prepared(
    CountEntry.raw(
        "SELECT e.id, p.id, p.name, e.quantity FROM count_entry e "
        "JOIN count_line n ON n.id = e.line JOIN product p ON p.id = n.product "
        "WHERE e.session = {} AND e.clerk = {} AND e.stands AND e.kind = 'scanned' "
        f"AND NOT {IS_APPLIED} ORDER BY e.id DESC LIMIT 1",
        Arg("session"),
        Arg("clerk"),
    ),
    Scan,
)


async def of(session: int, clerk: int) -> Lines:
    """The list of a session, as this clerk sees it."""
    asked = {"session": session, "clerk": clerk}
    return Lines(
        await _COUNTED.all(**asked), await _UNCOUNTED.all(**asked), await _LAST_SCAN.first(**asked)
    )


class Entry(NamedTuple):
    """What one clerk did to one line."""

    id: int
    sku: str
    name: str
    kind: str  # an EntryKind
    quantity: int
    stands: bool
    actor: str
    entered_at: datetime


PAGE = 50
_ENTRIES = Prepared(
    CountEntry.raw(
        "SELECT e.id, p.sku, p.name, e.kind, e.quantity, e.stands, e.actor, e.entered_at "
        "FROM count_entry e JOIN count_line n ON n.id = e.line JOIN product p ON p.id = n.product "
        f"WHERE e.session = {{}} AND e.id < {{}} ORDER BY e.id DESC LIMIT {PAGE + 1}",
        Arg("session"),
        Arg("before"),
    ),
    Entry,
)


async def entries(session: int, before: int | None = None) -> list[Entry]:
    """Who counted how many and when, newest first: 50, and one more if there are older ones."""
    return await _ENTRIES.all(session=session, before=before or 1 << 62)
