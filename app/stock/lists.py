"""The stock list: searched, filtered, sorted, and turned page by page along an index."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from functools import cache, partial
from typing import Annotated, NamedTuple

import msgspec
from piccolo.querystring import QueryString

from app import fields
from app.catalog import search as catalog
from app.catalog.search import Search
from app.catalog.tables import Product
from app.database import DB, Arg, Prepared
from app.stock.queries import LEVELS, Level
from app.stock.tables import StockLevel

PAGE = 50


class Status(StrEnum):
    """How a product stands. Low includes out; ok is what is not low."""

    OK = "ok"
    LOW = "low"
    OUT = "out"


def status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        raise ValueError(f"One of {', '.join(Status)}.") from None


class Sort(StrEnum):
    NAME = "name"
    SKU = "sku"
    AVAILABLE = "available"  # fewest first


class Page(msgspec.Struct, frozen=True):
    """One page of levels, and the cursors of its neighbours."""

    levels: Sequence[Level]
    previous: str | None
    next: str | None
    as_of: int = 0  # the newest event in the log when this was read
    is_corrected: bool = False  # nothing matches as typed; these match with a slip forgiven


# The words of these conditions are those of the partial indexes, or the indexes are not used.
_AVAILABLE = "l.on_hand - l.reserved"
_STATUS = {
    Status.OK: f"{_AVAILABLE} > l.reorder_point",
    Status.LOW: f"{_AVAILABLE} <= l.reorder_point",
    Status.OUT: f"{_AVAILABLE} <= l.reorder_point AND {_AVAILABLE} <= 0",
}
_KEY = {
    Sort.NAME: ("product.name_key", "product.id"),
    Sort.SKU: ("product.sku_key", "product.id"),
    Sort.AVAILABLE: (f"({_AVAILABLE})", "l.product"),
}


def _list(
    search: Search, status: Status | None, sort: Sort, *, is_turned: bool, is_backward: bool
) -> Prepared[Level]:
    key, last = _KEY[sort]
    if status in {Status.LOW, Status.OUT} and sort is not Sort.AVAILABLE:
        key += " || ''"  # keeps the planner from walking all names to find the few that are low
    turned = [
        QueryString(
            f"({key}, {last}) {'<' if is_backward else '>'} ({{}}, {{}})", Arg("key"), Arg("last")
        )
    ]
    conditions = [
        QueryString("NOT product.archived"),
        *([QueryString(_STATUS[status])] if status else []),
        *search.conditions,
        *(turned if is_turned else []),
    ]
    direction = "DESC" if is_backward else "ASC"
    return Prepared(
        Product.raw(
            f"{LEVELS} WHERE {' AND '.join('{}' for _ in conditions)} "
            f"ORDER BY {key} {direction}, {last} {direction} LIMIT {{}}",
            *conditions,
            Arg("limit"),
        ),
        Level,
    )


_plain_list = cache(partial(_list, Search()))  # without a search it is the same SQL every time


Number = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]  # as the database has them


class Place(NamedTuple):
    """A place in a sorted list, behind or before one product; what a cursor says."""

    sort: Sort
    is_backward: bool
    key: str | Number
    last: Number

    @classmethod
    def of(cls, level: Level, sort: Sort, *, is_backward: bool = False) -> str:
        key: str | int = level.available
        if sort is Sort.NAME:
            key = fields.plain(level.name)
        elif sort is Sort.SKU:
            key = fields.sku_key(level.sku)
        place = cls(sort, is_backward, key, level.id)
        return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def place(cursor: str) -> Place:
    """The place of a cursor; raises ValueError for one that we have not given out."""
    with suppress(msgspec.MsgspecError, ValueError):
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Place)
        if isinstance(found.key, int) == (found.sort is Sort.AVAILABLE):
            return found
    raise ValueError("This is not a place in the list.")


async def page(
    query: str = "",
    *,
    status: Status | None = None,
    sort: Sort = Sort.NAME,
    at: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """The products that match, ``limit`` of them at most, from the place ``at`` on."""
    search = Search()
    if query.strip():
        found = await catalog.search(query)
        if found is None:
            return Page((), None, None)
        search = found
    if at and at.sort != sort:
        at = None
    is_backward = bool(at and at.is_backward)
    chosen = partial(_list, search) if search.terms else _plain_list
    levels = await chosen(status, sort, is_turned=bool(at), is_backward=is_backward).all(
        limit=limit + 1, **({"key": at.key, "last": at.last} if at else {})
    )
    is_more = len(levels) > limit
    levels = levels[:limit]
    if is_backward:
        levels.reverse()
    has_previous = bool(levels) and (is_more if is_backward else at is not None)
    has_next = bool(levels) and (is_backward or is_more)
    return Page(
        levels,
        previous=Place.of(levels[0], sort, is_backward=True) if has_previous else None,
        next=Place.of(levels[-1], sort) if has_next else None,
        as_of=levels[0].as_of if levels else 0,
        is_corrected=search.is_corrected,
    )


# What the scan box shows while somebody types

_NAMES_FROM = Prepared(
    Product.raw(
        f"{LEVELS} WHERE NOT product.archived AND product.name_key >= {{}} "
        "AND product.name_key < {} ORDER BY product.name_key, product.id LIMIT {}",
        Arg("low"),
        Arg("high"),
        Arg("limit"),
    ),
    Level,
)


async def hits(query: str, limit: int = 8) -> Page:
    """The products that fit best: names that begin with it, then names that hold its words."""
    beginning = fields.plain(query)
    if not beginning:
        return Page((), None, None)
    first = await _NAMES_FROM.all(low=beginning, high=beginning + catalog.LAST, limit=limit)
    rest = await page(query, limit=limit)
    known = {level.id for level in first}
    levels = [*first, *(level for level in rest.levels if level.id not in known)]
    return Page(levels[:limit], None, None, is_corrected=rest.is_corrected and not first)


class Counts(NamedTuple):
    """How many products are low, and how many of those are out."""

    low: int
    out: int


# Counted along the index of what is low; archived products, few, are counted off. CROSS JOIN
# keeps SQLite from beginning with what is low.
_COUNT = (
    "(SELECT count(*) FROM stock_level l WHERE {status}) - (SELECT count(*) FROM product "
    "CROSS JOIN stock_level l WHERE l.product = product.id AND product.archived AND {status})"
)
_COUNTS = Prepared(
    StockLevel.raw(
        "SELECT " + ", ".join(_COUNT.format(status=_STATUS[s]) for s in (Status.LOW, Status.OUT))
    ),
    Counts,
)


_counted: dict[str, tuple[int, Counts]] = {}  # of this shop: up to which event, and what it was


async def counts(last_event: int) -> Counts:
    """How many are low and out. It changes with the log only, so it is counted once per event."""
    upto, counted = _counted.get(DB.shop, (-1, Counts(0, 0)))
    if upto != last_event:
        counted = await _COUNTS.one()
        _counted[DB.shop] = last_event, counted
    return counted
