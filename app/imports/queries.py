"""What a sheet would change, row by row."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.catalog import queries as catalog
from app.catalog.tables import Barcode, Product
from app.database import Arg, Prepared
from app.errors import Invalid
from app.fields import sku_key
from app.imports.sheet import Row
from app.stock.queries import LEVELS, Level


class Change(NamedTuple):
    """One row, and where the shop differs from it."""

    row: Row
    product: int | None = None  # None: it is new
    entry: Mapping[str, Any] = {}  # of the catalog
    lost_barcodes: frozenset[str] = frozenset()
    reorder_point: int | None = None
    counted: int | None = None

    @property
    def is_new(self) -> bool:
        return self.product is None

    @property
    def is_different(self) -> bool:
        return bool(self.entry) or (self.reorder_point, self.counted) != (None, None)


class Outcome(NamedTuple):
    """How many products a sheet adds, changes and leaves as they are."""

    added: int
    changed: int
    unchanged: int

    @classmethod
    def of(cls, changes: Sequence[Change]) -> "Outcome":
        added = sum(change.is_new for change in changes)
        changed = sum(change.is_different for change in changes)
        return cls(added, changed, len(changes) - added - changed)

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.unchanged} unchanged"


class _Owner(NamedTuple):
    product: int
    sku: str


_LEVEL = Prepared(Product.raw(f"{LEVELS} WHERE product.sku_key = {{}}", Arg("key")), Level)
_OWNER = Prepared(
    Barcode.raw(
        "SELECT product.id, product.sku FROM barcode JOIN product ON product.id = barcode.product "
        "WHERE barcode.code = {}",
        Arg("code"),
    ),
    _Owner,
)


async def changes(rows: Sequence[Row]) -> list[Change]:
    """What each row changes; raises Invalid with every cell that the shop, as it is, forbids."""
    levels = [await _LEVEL.first(key=sku_key(row.sku)) for row in rows]
    in_sheet = {level.id for level in levels if level}
    mistakes: dict[str, str] = {}
    found = []
    for row, level in zip(rows, levels, strict=True):
        for code in row.barcodes or ():
            owner = await _OWNER.first(code=code)
            if owner and owner.product not in in_sheet:  # else its own row says that it loses it
                mistakes[f"row {row.number}, barcodes"] = f"{owner.sku} has {code} already."
        if level and row.on_hand is not None and row.on_hand < level.reserved:
            mistakes[f"row {row.number}, on_hand"] = f"{level.reserved} of them are reserved."
        found.append(await _change(row, level) if level else Change(row))
    if mistakes:
        raise Invalid(mistakes)
    return found


async def _change(row: Row, level: Level) -> Change:
    before = await catalog.product(level.id)
    given = {
        "name": row.name,
        "category": row.category,
        "price_cents": row.price_cents,
        "barcodes": row.barcodes,
    }
    entry: dict[str, Any] = {
        field: value
        for field, value in given.items()
        if value is not None and value != getattr(before, field)
    }
    return Change(
        row,
        level.id,
        entry,
        frozenset(before.barcodes) - frozenset(entry.get("barcodes", before.barcodes)),
        None if row.reorder_point == level.reorder_point else row.reorder_point,
        None if row.on_hand == level.on_hand else row.on_hand,
    )
