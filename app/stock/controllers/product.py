"""One product: look, receive, adjust, count, edit."""

from typing import Any

from litestar import Controller, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath

from app import fields
from app.accounts import queries as accounts
from app.accounts.current import clerk
from app.catalog import queries as catalog
from app.errors import Invalid, Refusal
from app.stock import actions, history, log, queries
from app.stock.controllers import changing, editing
from app.stock.controllers.changing import Change
from app.stock.tables import AdjustmentReason
from app.web.answer import Answer, AnyRequest
from app.web.csrf import TOO_OLD
from app.web.forms import Done, Form, said, status_of
from app.web.render import done, either, fragment, page


class ProductController(Controller):
    path = "/stock/{sku:str}"

    @get("/")
    async def show(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._page(request, await queries.level_by_sku(sku))

    @get("/row")
    async def row(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        return fragment(request, "stock/_row.html", level=level)

    @get("/receipts/new")
    async def receipt_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._form(request, await queries.level_by_sku(sku), "receipt", Form())

    @get("/adjustments/new")
    async def adjustment_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._form(request, await queries.level_by_sku(sku), "adjustment", Form())

    @get("/counts/new")
    async def count_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        return await self._form(request, level, "count", Form(_as_of(level)))

    @get("/edit")
    async def edit_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        now = actions.Facts.of(level, await catalog.product(level.id))
        return await self._form(request, level, "edit", editing.filled(now))

    @post("/receipts")
    async def receive(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._change(request, sku, "receipt", changing.receive)

    @post("/adjustments")
    async def adjust(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._change(request, sku, "adjustment", changing.adjust)

    @post("/counts")
    async def count(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._change(request, sku, "count", changing.count)

    @post("/")
    async def edit(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._change(request, sku, "edit", changing.edit)

    async def _change(self, request: AnyRequest, sku: str, kind: str, change: Change) -> Answer:
        """Read the form, act once, and show the row again; or the form as it was typed."""
        form = await Form.sent(request)
        level = await queries.level_by_sku(sku)
        visitor = clerk(request)
        try:
            act = change(form, level, visitor.name)
            toast, undo = await form.once(visitor.actor, act, Done)
        except Refusal as refusal:
            level = await queries.level(level.id)
            if isinstance(refusal, actions.EditedMeanwhile):
                form = editing.refilled(form, refusal.now)
            if isinstance(refusal, Invalid) and "as_of" in refusal.mistakes:
                raise PermissionDeniedException(TOO_OLD) from refusal
            if isinstance(refusal, actions.CountedMeanwhile):
                form = Form({**form, **_as_of(level)})  # she reads what the colleague counted
            return await self._form(request, level, kind, form, refusal)
        level = await queries.level(level.id)
        to = f"/stock/{level.sku}"
        return done(request, "stock/_row.html", to=to, level=level, toast=toast, undo=undo)

    async def _form(
        self,
        request: AnyRequest,
        level: queries.Level,
        kind: str,
        form: Form,
        refusal: Refusal | None = None,
    ) -> Answer:
        context: dict[str, Any] = {
            "level": level,
            "kind": kind,
            "form": form,
            "refusal": said(refusal),
            "reasons": AdjustmentReason,
        }
        if kind == "count":
            context["expected"] = await log.on_hand_at(level.id, fields.id_of(form["as_of"])) or 0
        status = status_of(refusal)
        return await either(
            request,
            fragment=lambda: fragment(request, "stock/_form_row.html", status=status, **context),
            whole=lambda: self._page(request, status=status, **context),
        )

    async def _page(
        self, request: AnyRequest, level: queries.Level, *, status: int = 200, **context: Any
    ) -> Answer:
        before = request.query_params.get("before", "")
        events = await queries.events(level.id, fields.id_of(before) if before else None)
        return await page(
            request,
            "stock/show.html",
            status=status,
            place="Stock",
            level=level,
            entry=await catalog.product(level.id),
            why=await history.why(level.id),
            curve=await history.curve(level),
            events=events[:50],
            undone_by=await log.undone_by(events[:50]),
            programs=await accounts.programs(),
            older=events[49].id if len(events) > 50 else None,
            is_newest=not before,
            **{"kind": "", **context},
        )


def _as_of(level: queries.Level) -> dict[str, str]:
    """Up to which event the number is known that a form shows as expected."""
    return {"as_of": str(level.as_of)}
