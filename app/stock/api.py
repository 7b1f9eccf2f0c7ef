"""Products and their levels for programs: ``/v1/products`` and ``/v1/inventory``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery

from app import fields
from app.accounts.current import client_of
from app.catalog import queries as catalog
from app.fields import MOST_CENTS, MOST_UNITS
from app.stock import actions, lists, queries
from app.web import api
from app.web.answer import Answer, AnyRequest

Units = Annotated[int, msgspec.Meta(ge=0, le=MOST_UNITS)]


class ProductIn(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    name: str
    price_cents: Annotated[int, msgspec.Meta(ge=0, le=MOST_CENTS)]
    category: str = ""
    barcodes: Annotated[list[str], msgspec.Meta(max_length=100)] = []
    reorder_point: Units = 0
    on_hand: Units = 0


class ProductOut(msgspec.Struct):
    sku: str
    name: str
    category: str
    barcodes: Sequence[str]
    price_cents: int
    reorder_point: int
    on_hand: int
    reserved: int
    available: int
    is_low: bool
    is_out: bool
    archived: bool
    updated_at: datetime

    @classmethod
    def of(cls, level: queries.Level, entry: catalog.Entry) -> "ProductOut":
        return cls(
            sku=level.sku,
            name=level.name,
            category=entry.category,
            barcodes=entry.barcodes,
            price_cents=level.price_cents,
            reorder_point=level.reorder_point,
            on_hand=level.on_hand,
            reserved=level.reserved,
            available=level.available,
            is_low=level.is_low,
            is_out=level.is_out,
            archived=entry.archived,
            updated_at=entry.updated_at,
        )


class ProductsOut(msgspec.Struct):
    items: Sequence[ProductOut]
    next_cursor: str | None


class LevelOut(msgspec.Struct):
    sku: str
    name: str
    on_hand: int
    reserved: int
    available: int
    reorder_point: int
    is_low: bool
    is_out: bool
    last_event_id: int


class _New(NamedTuple):
    sku: str
    name: str
    category: str
    barcodes: list[str]


class ProductApi(Controller):
    path = "/products"

    @get("/")
    async def index(
        self,
        request: AnyRequest,
        search: FromQuery[str] = "",
        status: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
    ) -> Answer:
        check = fields.Checks()
        chosen = check("status", lists.status, status) if status else None
        limit = check("limit", api.limit, request.query_params.get("limit", "50"))
        place = check("cursor", lists.place, cursor) if cursor else None
        check.done()
        page = await lists.page(search[:100], status=chosen, at=place, limit=limit)
        entries = await catalog.products([level.id for level in page.levels])
        items = [ProductOut.of(level, entries[level.id]) for level in page.levels]
        return api.as_json(ProductsOut(items, page.next))

    @post("/")
    async def add(self, request: AnyRequest) -> Answer:
        given = await api.read(request, ProductIn)
        client = client_of(request)
        check = fields.Checks()
        sku = check("sku", fields.sku, given.sku)
        name = check("name", fields.name, given.name)
        category = check("category", fields.category, given.category)
        barcodes = [
            check(f"barcodes[{i}]", fields.barcode, code) for i, code in enumerate(given.barcodes)
        ]
        check.done()

        async def act() -> ProductOut:
            product = await actions.add_product(
                sku,
                name,
                price_cents=given.price_cents,
                category=category,
                barcodes=barcodes,
                reorder_point=given.reorder_point,
                on_hand=given.on_hand,
                actor=client.name,
            )
            return await _product(await queries.level(product))

        response = await api.answer(request, client.actor, act, status=201)
        response.headers["location"] = f"/v1/products/{sku}"
        return response

    @get("/{sku:str}")
    async def show(self, sku: FromPath[str]) -> Answer:
        return api.as_json(await _product(await queries.level_by_sku(sku)))


class InventoryApi(Controller):
    path = "/inventory"

    @get("/{sku:str}")
    async def show(self, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        return api.as_json(
            LevelOut(
                sku=level.sku,
                name=level.name,
                on_hand=level.on_hand,
                reserved=level.reserved,
                available=level.available,
                reorder_point=level.reorder_point,
                is_low=level.is_low,
                is_out=level.is_out,
                last_event_id=await queries.last_event_of(level.id),
            )
        )


async def _product(level: queries.Level) -> ProductOut:
    return ProductOut.of(level, await catalog.product(level.id))
