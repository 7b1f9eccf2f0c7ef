"""The stock list, and a new product."""

from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.params import FromQuery

from app import fields
from app.accounts.current import clerk
from app.errors import Refusal
from app.stock import actions, lists, queries
from app.stock.queries import Level
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import either, fragment, page, query, remembered

_remembered_row = remembered("stock/_cells.html", "row", most=20_000)


def stock_row(level: Level) -> str:
    """A row of the list. What it shows does not depend on when it was read."""
    return _remembered_row(msgspec.structs.replace(level, as_of=0))


class StockController(Controller):
    path = "/stock"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        listed = await _listed(request)
        return await page(request, "stock/index.html", place="Stock", **listed)

    @get("/rows")
    async def rows(self, request: AnyRequest) -> Answer:
        listed = await _listed(request)
        counts = await lists.counts(await queries.last_event())
        address = {"hx-replace-url": f"/stock{query(listed['chosen'])}"}
        return await either(
            request,
            fragment=lambda: fragment(
                request, "stock/_rows.html", headers=address, counts=counts, **listed
            ),
            whole=lambda: page(request, "stock/index.html", place="Stock", **listed),
        )

    @get("/new")
    async def new(self, request: AnyRequest, name: FromQuery[str] = "") -> Answer:
        return await self._new(request, Form({"name": name, "reorder_point": "0", "on_hand": "0"}))

    @post("/")
    async def add(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            sku = form.read("sku", fields.sku)
            given: dict[str, Any] = {
                "name": form.read("name", fields.name),
                "price_cents": form.read("price", fields.cents),
                "category": form.read("category", fields.category),
                "barcodes": form.read("barcodes", fields.barcodes),
                "reorder_point": form.read("reorder_point", fields.reorder_point),
                "on_hand": form.read("on_hand", fields.on_hand),
            }
            form.check()

            async def act() -> int:
                return await actions.add_product(sku, **given, actor=visitor.name)

            await form.once(visitor.actor, act, int)
        except Refusal as refusal:
            return await self._new(request, form, refusal)
        return redirect(f"/stock/{sku}")

    async def _new(self, request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
        status = status_of(refusal)
        return await page(
            request,
            "stock/new.html",
            status=status,
            place="Stock",
            form=form,
            refusal=said(refusal),
        )


async def _listed(request: AnyRequest) -> dict[str, Any]:
    """What the address asks to see of the list; what it cannot mean is left out."""
    asked = request.query_params
    search = asked.get("search", "")[:100]
    status = _one_of(lists.Status, asked.get("status", ""))
    sort = _one_of(lists.Sort, asked.get("sort", "")) or lists.Sort.NAME
    try:
        at = lists.place(asked["at"]) if "at" in asked else None
    except ValueError:
        at = None
    found = await lists.page(search, status=status, sort=sort, at=at)
    chosen = {"search": search, "status": status or "", "sort": sort if sort != "name" else ""}
    return {
        "page": found,
        "rows": [stock_row(level) for level in found.levels],
        "search": search,
        "only": status,
        "sort": sort,
        "sorts": lists.Sort,
        "chosen": {name: value for name, value in chosen.items() if value},
    }


def _one_of(kind: Any, text: str) -> Any:
    return kind(text) if text in list(kind) else None
