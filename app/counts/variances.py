"""What was counted against what was expected, and what keeps it from being applied."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from app import words
from app.counts.queries import IS_APPLIED
from app.counts.tables import CountLine
from app.database import Arg, Prepared
from app.stock import log, promises


class Variance(msgspec.Struct, frozen=True):
    """One product of a session: expected is what the books had when it was counted last."""

    product: int
    sku: str
    name: str
    price_cents: int
    counted: int | None
    expected: int
    on_hand: int  # now
    reserved: int
    note: str
    as_of: int | None
    moves: int  # events that changed the shelf between the first count and the last
    moved: int  # by how much
    is_applied: bool
    actor: str | None  # who counted it last
    entered_at: datetime | None
    trouble: str = ""  # why it cannot be applied

    @property
    def variance(self) -> int:
        return (self.counted or 0) - self.expected

    @property
    def value_cents(self) -> int:
        return self.variance * self.price_cents

    @property
    def becomes(self) -> int:
        """What will be on hand once it is applied; what happened since it was counted stays."""
        return self.on_hand + self.variance


class Section(NamedTuple):
    """Lines of the list that want the same of a clerk."""

    kind: str
    lines: Sequence[Variance]

    @property
    def variance(self) -> int:
        return sum(line.variance for line in self.lines)

    @property
    def value_cents(self) -> int:
        return sum(line.value_cents for line in self.lines)


class Variances(NamedTuple):
    """The variance list: everything of a session, by what has to be done about it."""

    troubled: Sequence[Variance]
    ready: Sequence[Variance]  # to be applied
    uncounted: Sequence[Variance]
    applied: Sequence[Variance]

    @property
    def sections(self) -> list[Section]:
        """As the list shows them, without empty ones; what differs with the most money first."""
        varied = [line for line in self.ready if line.variance]
        sections = [
            Section("troubled", self.troubled),
            Section("varied", sorted(varied, key=lambda line: -abs(line.value_cents))),
            Section("uncounted", self.uncounted),
            Section("agreed", [line for line in self.ready if not line.variance]),
            Section("applied", self.applied),
        ]
        return [section for section in sections if section.lines]

    @property
    def open(self) -> int:
        """How many are counted and not applied."""
        return len(self.troubled) + len(self.ready)


_VARIANCES = Prepared(
    CountLine.raw(
        "SELECT p.id, p.sku, p.name, p.price_cents, n.counted, coalesce(seen.on_hand, l.on_hand), "
        "l.on_hand, l.reserved, n.note, n.as_of, count(m.id), coalesce(sum(m.on_hand_change), 0), "
        f"{IS_APPLIED} AS is_applied, e.actor, e.entered_at "
        "FROM count_line n JOIN product p ON p.id = n.product "
        "JOIN stock_level l ON l.product = n.product "
        "LEFT JOIN stock_event seen ON seen.id = n.as_of "
        "LEFT JOIN count_entry e ON e.id = "
        "(SELECT max(x.id) FROM count_entry x WHERE x.line = n.id AND x.stands) "
        "LEFT JOIN stock_event m ON m.product = n.product AND m.on_hand_change <> 0 "
        "AND m.id > n.first_as_of AND m.id <= n.as_of "
        "WHERE n.session = {} AND (n.is_chosen OR n.counted IS NOT NULL) "
        "GROUP BY n.id, p.id, l.product, seen.id, e.id ORDER BY p.name_key, p.id",
        Arg("session"),
    ),
    Variance,
)


async def of(session: int) -> Variances:
    """The variance list of a session, products in the order of their names."""
    troubled: list[Variance] = []
    ready: list[Variance] = []
    uncounted: list[Variance] = []
    applied: list[Variance] = []
    for line in await _VARIANCES.all(session=session):
        if line.is_applied:
            applied.append(line)
        elif line.counted is None:
            uncounted.append(line)
        elif trouble := await _trouble(line):
            troubled.append(msgspec.structs.replace(line, trouble=trouble))
        else:
            ready.append(line)
    return Variances(troubled, ready, uncounted, applied)


async def _trouble(line: Variance) -> str:
    """Why a count cannot be applied as it is; empty when it can."""
    if line.moves:
        how = f"by {words.signed(line.moved)}" if line.moved else "and back"
        return f"The shelf changed {how} while it was counted. Count it once more."
    if later := await log.counted_after(line.product, line.as_of or 0):
        return (
            f"{later.actor} counted {words.number(later.on_hand)} {words.when(later.happened_at)}. "
            "Count it once more."
        )
    if line.becomes < line.reserved:
        whom = promises.said(await promises.of(line.product))
        return (
            f"{words.number(line.becomes)} would be on hand, and {words.number(line.reserved)} "
            f"are reserved: {whom}."
        )
    return ""
