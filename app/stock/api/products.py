"""Products for programs: ``/v1/products``."""

import re
from typing import Any

import msgspec
from litestar import Controller, get, patch, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import client_of
from app.catalog import queries as catalog
from app.catalog.actions import BarcodeTaken, SkuTaken
from app.stock import actions, lists, queries
from app.stock.wire import ProductChange, ProductIn, ProductOut, ProductsAsked, ProductsOut
from app.web import kinds
from app.web.answer import Answer, AnyRequest
from app.web.api import Call, Header, Nothing

ETAG = Header("ETag", kinds.Tag, "Changes with whatever PATCH can change, not with the stock.")
IF_MATCH = Header("If-Match", kinds.Tag, "Change it only if it still is what was read.")

LIST = Call("Products by name, without archived ones", takes=ProductsAsked, gives=ProductsOut)
ADD = Call(
    "Take a product into the shop, with its opening stock",
    takes=ProductIn,
    gives=ProductOut,
    status=201,
    refuses=[SkuTaken, BarcodeTaken],
    tells=[Header("Location")],
)
SHOW = Call("One product", takes=Nothing, gives=ProductOut, tells=[ETAG])
CHANGE = Call(
    "Change what is given of a product",
    about="Its SKU may be renamed. An archived product is not sold and not listed; what is held of "
    "it can still be handed over.",
    takes=ProductChange,
    gives=ProductOut,
    refuses=[SkuTaken, BarcodeTaken, actions.Stale],
    headers=[IF_MATCH],
    tells=[ETAG],
)


class ProductApi(Controller):
    path = "/products"

    @get("/", opt=LIST.opt)
    async def index(self, request: AnyRequest) -> Answer:
        asked = await LIST.read(request)
        check = fields.Checks()
        place = check("cursor", lists.place, asked.cursor) if asked.cursor else None
        check.done()
        page = await lists.page(
            asked.search[:100], status=asked.status, at=place, limit=asked.limit
        )
        entries = await catalog.products([level.id for level in page.levels])
        items = [ProductOut.of(level, entries[level.id]) for level in page.levels]
        return LIST.tell(ProductsOut(items, page.next))

    @post("/", opt=ADD.opt)
    async def add(self, request: AnyRequest) -> Answer:
        given = _checked(await ADD.read(request))
        client = client_of(request)

        async def act() -> ProductOut:
            product = await actions.add_product(**given, actor=client.name)
            return await _product(await queries.level(product))

        response = await ADD.once(request, client.actor, act)
        response.headers["location"] = f"/v1/products/{given['sku']}"
        return response

    @get("/{sku:str}", opt=SHOW.opt)
    async def show(self, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        entry = await catalog.product(level.id)
        return SHOW.tell(ProductOut.of(level, entry), _tagged(actions.version(level, entry)))

    @patch("/{sku:str}", opt=CHANGE.opt)
    async def change(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        changes = _checked(await CHANGE.read(request))
        level, entry = await actions.change_product(
            (await queries.level_by_sku(sku)).id,
            **changes,
            actor=client_of(request).name,
            versions=_versions(request),
        )
        return CHANGE.tell(ProductOut.of(level, entry), _tagged(actions.version(level, entry)))


RULES = {"sku": fields.sku, "name": fields.name, "category": fields.category}


def _checked(given: ProductIn | ProductChange) -> dict[str, Any]:
    """The fields that were given, as their rules understand them."""
    kept: dict[str, Any] = {
        name: value
        for name, value in msgspec.structs.asdict(given).items()
        if value is not msgspec.UNSET
    }
    check = fields.Checks()
    for name, rule in RULES.items():
        if name in kept:
            kept[name] = check(name, rule, kept[name])
    if "barcodes" in kept:
        codes = enumerate(kept["barcodes"])
        kept["barcodes"] = [check(f"barcodes[{i}]", fields.barcode, code) for i, code in codes]
    check.done()
    return kept


def _tagged(version: str) -> dict[str, str]:
    return {"etag": f'"{version}"'}


def _versions(request: AnyRequest) -> list[str]:
    """Those of If-Match; none for any at all. What is no tag of ours is no version of anything."""
    asked = request.headers.get("if-match", "*").strip()
    return [] if asked == "*" else re.findall(r'(?<!W/)"([^"]*)"', asked) or [asked]


async def _product(level: queries.Level) -> ProductOut:
    return ProductOut.of(level, await catalog.product(level.id))
