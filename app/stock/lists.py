"""The stock list: searched, filtered, sorted, and turned page by page along an index."""

import base64
import binascii
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import msgspec
from piccolo.querystring import QueryString

from app import fields
from app.catalog import search
from app.catalog.tables import Product
from app.database import Arg, Prepared
from app.stock.queries import LEVELS, Level
from app.stock.tables import StockLevel

PAGE = 50


class Status(StrEnum):
    """How a product stands. Low includes out; ok is what is not low."""

    OK = "ok"
    LOW = "low"
    OUT = "out"


class Sort(StrEnum):
    NAME = "name"
    SKU = "sku"
    AVAILABLE = "available"  # fewest first


class Page(msgspec.Struct, frozen=True):
    """One page of levels, and the cursors of its neighbours."""

    levels: Sequence[Level]
    previous: str | None
    next: str | None
    corrected: bool = False  # nothing matches as typed; these match with a slip forgiven


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


class _Shape(NamedTuple):
    """What decides the SQL of a list, as against its values."""

    status: Status | None
    sort: Sort
    terms: tuple[tuple[int, bool], ...]
    is_turned: bool  # behind or before a place
    is_backward: bool


@cache
def _list(shape: _Shape) -> Prepared[Level]:
    key, last = _KEY[shape.sort]
    conditions: list[QueryString] = [QueryString("NOT product.archived")]
    if shape.status:
        conditions.append(QueryString(_STATUS[shape.status]))
    conditions += search.conditions(shape.terms)
    if shape.is_turned:
        beyond = "<" if shape.is_backward else ">"
        conditions.append(
            QueryString(f"({key}, {last}) {beyond} ({{}}, {{}})", Arg("key"), Arg("last"))
        )
    direction = " DESC" if shape.is_backward else ""
    places = " AND ".join("{}" for _ in conditions)
    return Prepared(
        Product.raw(
            f"{LEVELS} WHERE {places} ORDER BY {key}{direction}, {last}{direction} LIMIT {{}}",
            *conditions,
            Arg("limit"),
        ),
        Level,
    )


async def page(
    search_for: str = "",
    *,
    status: Status | None = None,
    sort: Sort = Sort.NAME,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """The products that match, ``limit`` of them at most, from the place of the cursor on.

    Raises ValueError for a cursor that we have not given out.
    """
    terms = await search.terms(search_for)
    if terms is None:
        return Page((), None, None)
    place = _Place.read(cursor, sort) if cursor else None
    is_backward = place is not None and place.is_backward
    shape = _Shape(
        status,
        sort,
        tuple((len(t.ranges), t.is_common) for t in terms),
        place is not None,
        is_backward,
    )
    values: dict[str, Any] = {"limit": limit + 1}
    for number, term in enumerate(terms):
        values |= search.range_values(number, term.ranges)
    if place:
        values |= {"key": place.key, "last": place.last}
    found = await _list(shape).all(**values)
    levels, is_more = found[:limit], len(found) > limit
    if is_backward:
        levels.reverse()
    return Page(
        levels,
        previous=_Place.before(levels[0], sort)
        if levels and (is_more if is_backward else place)
        else None,
        next=_Place.behind(levels[-1], sort) if levels and (is_more or is_backward) else None,
        corrected=any(term.is_corrected for term in terms),
    )


class _Place(NamedTuple):
    """A place in a sorted list: before or behind one product."""

    sort: str
    is_backward: bool
    key: str | int
    last: int

    @classmethod
    def read(cls, cursor: str, sort: Sort) -> "_Place":
        try:
            place = cls(
                *msgspec.json.decode(
                    base64.urlsafe_b64decode(cursor), type=tuple[str, bool, str | int, int]
                )
            )
        except (ValueError, binascii.Error) as error:
            raise ValueError("This is not a place in the list.") from error
        if place.sort != sort:
            raise ValueError("The list was sorted in another way.")
        return place

    @classmethod
    def behind(cls, level: Level, sort: Sort, *, is_backward: bool = False) -> str:
        key: str | int = level.available
        if sort is Sort.NAME:
            key = fields.plain(level.name)
        elif sort is Sort.SKU:
            key = fields.sku_key(level.sku)
        place = cls(sort, is_backward, key, level.id)
        return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()

    @classmethod
    def before(cls, level: Level, sort: Sort) -> str:
        return cls.behind(level, sort, is_backward=True)


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


async def hits(search_for: str, limit: int = 8) -> Page:
    """The products that fit best: names that begin with it, then names that hold its words."""
    beginning = fields.plain(search_for)
    if not beginning:
        return Page((), None, None)
    first = await _NAMES_FROM.all(low=beginning, high=beginning + search.LAST, limit=limit)
    rest = await page(search_for, limit=limit)
    known = {level.id for level in first}
    levels = [*first, *(level for level in rest.levels if level.id not in known)]
    return Page(levels[:limit], None, None, rest.corrected and not first)


class Counts(NamedTuple):
    """How many products are low, and how many of those are out."""

    low: int
    out: int


# Counted along the index of what is low; archived products, few, are counted off.
_COUNT = (
    "(SELECT count(*) FROM stock_level l WHERE {status}) - (SELECT count(*) FROM product "
    "JOIN stock_level l ON l.product = product.id WHERE product.archived AND {status})"
)
_COUNTS = Prepared(
    StockLevel.raw(
        "SELECT " + ", ".join(_COUNT.format(status=_STATUS[s]) for s in (Status.LOW, Status.OUT))
    ),
    Counts,
)


async def counts() -> Counts:
    return await _COUNTS.one()
