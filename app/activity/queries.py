"""What happened in the shop, newest first: filtered, and turned page by page by event number."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from piccolo.querystring import QueryString

from app.activity.filters import KINDS, UNDONE, Chosen
from app.catalog import queries as catalog
from app.catalog.search import search as find
from app.catalog.tables import Product
from app.database import DB, Arg, Prepared
from app.stock import queries as stock
from app.stock.queries import Event
from app.stock.tables import EventKind, StockEvent

NEWEST = 1 << 62  # behind every event there will be
MOST_PRODUCTS = 200  # that are looked at together


class Entry(Event, frozen=True):
    """One entry of the log, and its product as it is called now."""

    sku: str = ""
    name: str = ""


class Filter(NamedTuple):
    """Which entries: those of these products, of these kinds, by this actor, in this range."""

    products: Sequence[int] | None = None  # None: of all
    kinds: Sequence[EventKind] = ()  # none: all
    is_undo: bool = False  # only what undid something
    actor: str = ""
    first: int = 1
    behind: int = NEWEST  # up to the one before it


class Meant(NamedTuple):
    """The products that a search means; None when it asks for none in particular."""

    products: Sequence[int] | None = None
    is_corrected: bool = False  # nothing is spelled as typed

    @property
    def is_too_much(self) -> bool:
        return self.products is not None and len(self.products) > MOST_PRODUCTS


async def meant(search: str) -> Meant:
    """The product with this very SKU, or else all that match; also what is no longer sold."""
    if not search:
        return Meant()
    exact = await catalog.id_of(search)
    if exact:
        return Meant([exact])
    found = await find(search)
    if found is None:
        return Meant([])
    conditions = found.conditions
    matching = Product.raw(
        f"SELECT id FROM product WHERE {' AND '.join('{}' for _ in conditions)} LIMIT {{}}",
        *conditions,
        MOST_PRODUCTS + 1,
    )
    return Meant(await Prepared(matching, int).all(), found.is_corrected)


async def filter_of(chosen: Chosen, products: Sequence[int] | None) -> Filter:
    """The filters of a page as the log knows them: times become event numbers."""
    since, until = chosen.period
    return Filter(
        products=products,
        kinds=KINDS.get(chosen.kind, ()),
        is_undo=chosen.kind == UNDONE,
        actor=chosen.who,
        first=await stock.first_event_since(since) if since else 1,
        behind=await stock.first_event_since(until) if until else NEWEST,
    )


def _conditions(wanted: Filter) -> Iterator[QueryString]:
    yield QueryString("id >= {} AND id < {}", Arg("first"), Arg("behind"))
    if wanted.products is not None:
        yield QueryString(f"product IN ({', '.join(map(str, wanted.products)) or 'NULL'})")
    if wanted.kinds:
        kind = "kind" if wanted.products is None else "kind || ''"  # then along the products
        yield QueryString(f"{kind} IN ({', '.join(map(repr, map(str, wanted.kinds)))})")
        if EventKind.SOLD not in wanted.kinds:
            yield QueryString("kind <> 'sold'")  # as the index of kinds says it
    if wanted.is_undo:
        yield QueryString("undoes IS NOT NULL")
    if wanted.actor:
        yield QueryString("actor = {}", Arg("actor"))


def _entries(wanted: Filter) -> Prepared[Entry]:
    """The newest are picked first, along one index, then told what their product is called."""
    conditions = list(_conditions(wanted))
    columns = ", ".join(f"e.{name}" for name in Event.__struct_fields__)
    return Prepared(
        StockEvent.raw(
            f"SELECT {columns}, product.sku, product.name FROM (SELECT * FROM stock_event "
            f"WHERE {' AND '.join('{}' for _ in conditions)} ORDER BY id DESC LIMIT {{}}) e "
            "JOIN product ON product.id = e.product ORDER BY e.id DESC",
            *conditions,
            Arg("limit"),
        ),
        Entry,
    )


async def entries(wanted: Filter, limit: int) -> list[Entry]:
    """The newest entries that match, ``limit`` of them at most."""
    return await _entries(wanted).all(limit=limit, **wanted._asdict())


_ACTORS = Prepared(
    StockEvent.raw(
        "SELECT DISTINCT actor FROM stock_event WHERE id > {} AND id <= {}",
        Arg("after"),
        Arg("upto"),
    ),
    str,
)
_known: dict[str, tuple[int, frozenset[str]]] = {}  # of this shop: up to which event, and who


async def actors(upto: int) -> list[str]:
    """Everybody who stands in the log. What was looked through once is not looked through again."""
    after, known = _known.get(DB.shop, (0, frozenset()))
    if upto > after:
        known |= set(await _ACTORS.all(after=after, upto=upto))
        _known[DB.shop] = upto, known
    return sorted(known, key=str.casefold)
