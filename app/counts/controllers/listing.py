"""What is counted and what shall be; a new count, and a new delivery."""

from typing import Any

from litestar import Controller, get, post

from app import fields
from app.accounts.current import clerk
from app.catalog import queries as catalog
from app.counts import actions, queries
from app.counts.tables import Choice, Subject
from app.errors import Refusal
from app.stock import recounts
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page

_FIELD = {Choice.CATEGORY: "category", Choice.SEARCH: "search"}  # in which it is written


class CountsController(Controller):
    path = "/counts"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await page(
            request,
            "counts/index.html",
            place="Stock",
            asked=await recounts.asked(),
            open_sessions=await queries.open_sessions(Subject.SHELF),
            ended_sessions=await queries.ended_sessions(Subject.SHELF),
        )

    @get("/new")
    async def new(self, request: AnyRequest) -> Answer:
        return await _new(request, Form({"choice": request.query_params.get("choice", "free")}))

    @post("/")
    async def begin(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            name = form.read("name", fields.session_name)
            choice = form.read("choice", fields.choice(Choice, "what is counted"))
            chosen = form.read(_FIELD[choice], fields.chosen) if choice in _FIELD else ""
            form.check()

            async def act() -> int:
                return await actions.begin(
                    name,
                    choice=choice,
                    chosen=chosen,
                    is_blind=bool(form["is_blind"]),
                    actor=visitor.name,
                )

            session = await form.once(visitor.actor, act, int)
        except Refusal as refusal:
            return await _new(request, form, refusal)
        return redirect(f"/counts/{session}")


class ReceiptsController(Controller):
    path = "/receipts"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await _receipts(request, Form())

    @post("/")
    async def begin(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            name = form.read("name", fields.session_name)
            form.check()

            async def act() -> int:
                return await actions.begin(name, subject=Subject.DELIVERY, actor=visitor.name)

            session = await form.once(visitor.actor, act, int)
        except Refusal as refusal:
            return await _receipts(request, form, refusal)
        return redirect(f"/receipts/{session}")


async def _new(request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
    return await _form_page(
        request,
        "counts/new.html",
        form,
        refusal,
        categories=await catalog.categories(),
        asked=await recounts.asked(),
    )


async def _receipts(request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
    return await _form_page(
        request,
        "counts/receipts.html",
        form,
        refusal,
        open_sessions=await queries.open_sessions(Subject.DELIVERY),
        ended_sessions=await queries.ended_sessions(Subject.DELIVERY),
    )


async def _form_page(
    request: AnyRequest, template: str, form: Form, refusal: Refusal | None, **context: Any
) -> Answer:
    return await page(
        request,
        template,
        status=status_of(refusal),
        place="Stock",
        form=form,
        refusal=said(refusal),
        **context,
    )
