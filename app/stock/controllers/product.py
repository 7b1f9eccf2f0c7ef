"""One product: look, receive, adjust, edit."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields, words
from app.accounts import queries as accounts
from app.accounts.current import clerk
from app.catalog import queries as catalog
from app.errors import Refusal
from app.stock import actions, history, log, queries
from app.stock.controllers import editing
from app.stock.tables import AdjustmentReason
from app.web.answer import Answer, AnyRequest
from app.web.forms import Done, Form, said, status_of
from app.web.render import done, either, fragment, page

LEAVING = {"damaged", "lost", "theft", "own_use"}  # reasons by which goods go

Act = Callable[[], Awaitable[Done]]  # does it, and returns what to tell the clerk
Prepare = Callable[[Form, queries.Level, str], Awaitable[Act]]


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

    @get("/edit")
    async def edit_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        level = await queries.level_by_sku(sku)
        now = actions.Facts.of(level, await catalog.product(level.id))
        return await self._form(request, level, "edit", editing.filled(now))

    @post("/receipts")
    async def receive(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def receive(form: Form, level: queries.Level, actor: str) -> Act:
            quantity = form.read("quantity", fields.quantity)
            note = form.read("note", fields.note)
            form.check()

            async def act() -> Done:
                await actions.receive(level.id, quantity, actor=actor, note=note)
                said = f"{words.number(quantity)} of {level.name} received."
                return Done(said, actions.operation())

            return act

        return await self._change(request, sku, "receipt", receive)

    @post("/adjustments")
    async def adjust(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def adjust(form: Form, level: queries.Level, actor: str) -> Act:
            change = form.read("change", fields.change)
            reason = form.read("reason", fields.choice(AdjustmentReason, "a reason"))
            note = form.read("note", fields.note)
            form.check()
            form.read("change", lambda _: _fits(change, reason))
            form.check()

            async def act() -> Done:
                await actions.adjust(level.id, change, reason=reason, actor=actor, note=note)
                said = f"{level.name} adjusted by {words.signed(change)}."
                return Done(said, actions.operation())

            return act

        return await self._change(request, sku, "adjustment", adjust)

    @post("/")
    async def edit(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def edit(form: Form, level: queries.Level, actor: str) -> Act:
            was, becomes = editing.read(form)

            async def act() -> Done:
                await actions.edit_product(level.id, was=was, becomes=becomes, actor=actor)
                return Done(f"{level.name} saved.")

            return act

        return await self._change(request, sku, "edit", edit)

    async def _change(self, request: AnyRequest, sku: str, kind: str, prepare: Prepare) -> Answer:
        """Read the form, act once, and show the row again; or the form as it was typed."""
        form = await Form.sent(request)
        level = await queries.level_by_sku(sku)
        visitor = clerk(request)
        try:
            act = await prepare(form, level, visitor.name)
            toast, undo = await form.once(visitor.actor, act, Done)
        except Refusal as refusal:
            if isinstance(refusal, actions.EditedMeanwhile):
                form = editing.refilled(form, refusal.now)
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


def _fits(change: int, reason: AdjustmentReason) -> int:
    """Goods that are damaged leave the shelf, goods that are found come back to it."""
    if reason in LEAVING and change > 0:
        raise ValueError(f"What is {_WORD[reason]} leaves the shelf: {words.signed(-change)}.")
    if reason is AdjustmentReason.FOUND and change < 0:
        raise ValueError(f"What is found comes back to the shelf: {words.signed(-change)}.")
    return change


_WORD = {"damaged": "damaged", "lost": "lost", "theft": "stolen", "own_use": "used by us"}
