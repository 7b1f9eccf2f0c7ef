"""What the shop asks of its catalog."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from app import fields
from app.catalog.tables import Barcode, Product
from app.database import DB, Arg, Prepared
from app.errors import NotFound


class Entry(msgspec.Struct, frozen=True):
    """A product as the catalog knows it: everything but how many there are."""

    id: int
    sku: str
    name: str
    category: str
    price_cents: int
    archived: bool
    updated_at: datetime
    barcodes: tuple[str, ...] = ()


class Sellable(NamedTuple):
    """What has to be known of a product to sell it."""

    id: int
    price_cents: int
    archived: bool


_COLUMNS = (
    Product.id,
    Product.sku,
    Product.name,
    Product.category,
    Product.price_cents,
    Product.archived,
    Product.updated_at,
)
_BY_ID = Prepared(Product.select(*_COLUMNS).where(Product.id == Arg("id")), Entry)
_BY_SKU = Prepared(Product.select(*_COLUMNS).where(Product.sku_key == Arg("key")), Entry)
_SELLABLE = Prepared(
    Product.select(Product.id, Product.price_cents, Product.archived).where(
        Product.sku_key == Arg("key")
    ),
    Sellable,
)
_ID_BY_SKU = Prepared(Product.select(Product.id).where(Product.sku_key == Arg("key")), int)
_ID_BY_BARCODE = Prepared(Barcode.select(Barcode.product).where(Barcode.code == Arg("code")), int)
_BARCODES = Prepared(
    Barcode.select(Barcode.code).where(Barcode.product == Arg("product")).order_by(Barcode.id), str
)
_CATEGORIES = Prepared(
    Product.raw(
        "SELECT DISTINCT category FROM product WHERE NOT archived AND category <> '' "
        "ORDER BY category"
    ),
    str,
)
_IN_CATEGORY = Prepared(
    Product.raw(
        "SELECT id FROM product WHERE NOT archived AND category = {} ORDER BY id LIMIT {}",
        Arg("category"),
        Arg("limit"),
    ),
    int,
)


async def product(product_id: int) -> Entry:
    """One product with its barcodes, or NotFound."""
    entry = await _BY_ID.first(id=product_id)
    if entry is None:
        raise NotFound("There is no such product.")
    return await _with_barcodes(entry)


async def by_sku(sku: str) -> Entry:
    """One product with its barcodes, found without regard to case, or NotFound."""
    entry = await _BY_SKU.first(key=fields.sku_key(sku))
    if entry is None:
        raise NotFound(f"There is no product with the SKU {sku}.")
    return await _with_barcodes(entry)


async def find(skus: Sequence[str]) -> list[Sellable | None]:
    """What these SKUs name, None where there is no such product."""
    return [await _SELLABLE.first(key=fields.sku_key(sku)) for sku in skus]


async def products(ids: Sequence[int]) -> dict[int, Entry]:
    """These products with their barcodes, by id."""
    return {product_id: await product(product_id) for product_id in ids}


async def categories_of(ids: Sequence[int]) -> dict[int, str]:
    """The categories of these products, by id."""
    among = ", ".join(map(str, ids)) or "NULL"
    return dict(await DB.fetch(f"SELECT id, category FROM product WHERE id IN ({among})"))


async def id_of(code: str) -> int | None:
    """The id of the product with this SKU, or else with this barcode."""
    return await _ID_BY_SKU.first(key=fields.sku_key(code)) or await _ID_BY_BARCODE.first(code=code)


async def categories() -> list[str]:
    """Every category that some product is in."""
    return await _CATEGORIES.all()


async def in_category(category: str, *, limit: int) -> list[int]:
    """The ids of the products in a category, ``limit`` of them at most."""
    return await _IN_CATEGORY.all(category=category, limit=limit)


async def _with_barcodes(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, barcodes=tuple(await _BARCODES.all(product=entry.id)))
