"""What changes the catalog. A new product also needs a level: ``stock.actions.add_product``."""

from collections.abc import Sequence

from piccolo.columns.combination import WhereRaw

from app import clock, fields
from app.catalog import queries, search
from app.catalog.tables import Barcode, Product
from app.database import Arg, Prepared, action
from app.errors import Refusal


class SkuTaken(Refusal):
    kind = "sku-taken"
    title = "The SKU is taken"

    def __init__(self, sku: str) -> None:
        super().__init__(f"Another product has the SKU {sku} already.")


class BarcodeTaken(Refusal):
    kind = "barcode-taken"
    title = "The barcode is taken"

    def __init__(self, code: str) -> None:
        super().__init__(f"Another product has the barcode {code} already.")


_ADD = Prepared(
    Product.insert(
        Product(
            sku=Arg("sku"),
            sku_key=Arg("sku_key"),
            name=Arg("name"),
            name_key=Arg("name_key"),
            found_by=Arg("found_by"),
            category=Arg("category"),
            price_cents=Arg("price_cents"),
            updated_at=Arg("now"),
        )
    )
    .on_conflict(target=Product.sku_key, action="DO NOTHING")
    .returning(Product.id),
    int,
)
_ADD_BARCODE = Prepared(
    Barcode.insert(Barcode(code=Arg("code"), product=Arg("product")))
    .on_conflict(target=Barcode.code, action="DO NOTHING")
    .returning(Barcode.id),
    int,
)
_FORGET_BARCODES = Prepared(Barcode.delete().where(Barcode.product == Arg("product")), int)
_CHANGE = Prepared(
    Product.update(
        {
            Product.sku: Arg("sku"),
            Product.sku_key: Arg("sku_key"),
            Product.name: Arg("name"),
            Product.name_key: Arg("name_key"),
            Product.found_by: Arg("found_by"),
            Product.category: Arg("category"),
            Product.price_cents: Arg("price_cents"),
            Product.archived: Arg("archived"),
            Product.updated_at: Arg("now"),
        }
    )
    .where(
        Product.id == Arg("product"),
        WhereRaw(
            "NOT EXISTS (SELECT 1 FROM product other WHERE other.sku_key = {} AND other.id <> {})",
            Arg("sku_key"),
            Arg("product"),
        ),
    )
    .returning(Product.id),
    int,
)


@action
async def add(
    sku: str, name: str, *, price_cents: int, category: str = "", barcodes: Sequence[str] = ()
) -> int:
    """Take a product into the catalog, or refuse a SKU or barcode that is taken. Returns its id."""
    product = await _ADD.first(
        sku=sku,
        sku_key=fields.sku_key(sku),
        name=name,
        name_key=fields.plain(name),
        found_by=search.found_by(sku, name, *barcodes),
        category=category,
        price_cents=price_cents,
        now=clock.now(),
    )
    if product is None:
        raise SkuTaken(sku)
    await _set_barcodes(product, barcodes)
    await search.index(product, [sku, name, *barcodes])
    return product


@action
async def edit(
    product: int,
    *,
    sku: str | None = None,
    name: str | None = None,
    category: str | None = None,
    price_cents: int | None = None,
    barcodes: Sequence[str] | None = None,
    archived: bool | None = None,
) -> None:
    """Change what is given of a product, or refuse a SKU or barcode that is taken."""
    before = await queries.product(product)
    sku = sku or before.sku
    name = name or before.name
    barcodes = before.barcodes if barcodes is None else tuple(barcodes)
    if barcodes != before.barcodes:
        await _FORGET_BARCODES.all(product=product)
        await _set_barcodes(product, barcodes)
    changed = await _CHANGE.first(
        product=product,
        sku=sku,
        sku_key=fields.sku_key(sku),
        name=name,
        name_key=fields.plain(name),
        found_by=search.found_by(sku, name, *barcodes),
        category=before.category if category is None else category,
        price_cents=before.price_cents if price_cents is None else price_cents,
        archived=before.archived if archived is None else archived,
        now=clock.now(),
    )
    if changed is None:
        raise SkuTaken(sku)
    if (sku, name, barcodes) != (before.sku, before.name, before.barcodes):
        await search.index(product, [sku, name, *barcodes])


async def _set_barcodes(product: int, codes: Sequence[str]) -> None:
    for code in dict.fromkeys(codes):
        if await _ADD_BARCODE.first(code=code, product=product) is None:
            raise BarcodeTaken(code)
