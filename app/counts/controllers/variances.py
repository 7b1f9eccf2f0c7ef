"""The variance list: what differs, why, and the shelf follows it."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery

from app import fields, words
from app.accounts.current import LISTENS, clerk
from app.counts import actions, variances
from app.counts.controllers.counting import mistake_of, set_number
from app.counts.controllers.subjects import SessionController
from app.counts.queries import Session
from app.counts.tables import Subject
from app.errors import Refusal
from app.stock import actions as stock
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Done, Form, said, status_of
from app.web.render import done, either, fragment, page


class VarianceController(SessionController):
    path = "/counts/{session:str}/variances"
    subject = Subject.SHELF

    @get("/")
    async def show(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        return await self._page(request, await self.session(session))

    @get("/rows", opt={LISTENS: True})
    async def rows(
        self, request: AnyRequest, session: FromPath[str], shown: FromQuery[str] = ""
    ) -> Answer:
        """What a screen asks every second: the list, or nothing if it has it already."""
        found = await self.session(session)
        if shown == found.state:
            return Answer(status=204)
        context = await _shown(found)
        return await either(
            request,
            fragment=lambda: fragment(request, "counts/_variances.html", **context),
            whole=lambda: self._page(request, found),
        )

    @get(["/{product:str}", "/{product:str}/note"])
    async def back(self, session: FromPath[str]) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect(f"{(await self.session(session)).address}/variances")

    @post("/{product:str}")
    async def set_number(
        self, request: AnyRequest, session: FromPath[str], product: FromPath[str]
    ) -> Answer:
        form = await Form.sent(request)
        found = await self.session(session)
        try:
            await set_number(form, found, fields.id_of(product), clerk(request))
        except Refusal as refusal:
            mistake = mistake_of(form, product, refusal)
            return await self._refused(request, session, refusal, mistake=mistake)
        return await self._done(request, session)

    @post("/{product:str}/note")
    async def write_note(
        self, request: AnyRequest, session: FromPath[str], product: FromPath[str]
    ) -> Answer:
        form = await Form.sent(request)
        found = await self.session(session)
        try:
            note = form.read("note", fields.line_note)
            form.check()
            product_id = fields.id_of(product)
            await form.once(
                clerk(request).actor,
                lambda: actions.write_note(found.id, product_id, note),
                type(None),
            )
        except Refusal as refusal:
            return await self._refused(request, session, refusal)
        return await self._done(request, session)

    @post("/")
    async def apply(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        found = await self.session(session)

        async def act() -> Done:
            revision = fields.id_of(form["revision"])
            ready = fields.id_of(form["ready"])
            applied = await actions.apply(found.id, revision, ready=ready, actor=visitor.name)
            return Done(f"{words.plural(applied, 'count')} applied.", stock.operation())

        try:
            toast, undo = await form.once(visitor.actor, act, Done)
        except Refusal as refusal:
            return await self._refused(request, session, refusal)
        return await self._done(request, session, toast=toast, undo=undo)

    async def _done(self, request: AnyRequest, session: str, **context: Any) -> Answer:
        found = await self.session(session)
        shown = await _shown(found, **context)
        to = f"{found.address}/variances"
        return done(request, "counts/_variances.html", to=to, **shown)

    async def _refused(
        self, request: AnyRequest, session: str, refusal: Refusal, **context: Any
    ) -> Answer:
        """The list as it stands now, and what was refused."""
        found = await self.session(session)
        context |= {"refusal": said(refusal)}
        shown = await _shown(found, **context)
        status = status_of(refusal)
        return await either(
            request,
            fragment=lambda: fragment(request, "counts/_variances.html", status=status, **shown),
            whole=lambda: self._page(request, found, status=status, **context),
        )

    async def _page(
        self, request: AnyRequest, session: Session, *, status: int = 200, **context: Any
    ) -> Answer:
        shown = await _shown(session, **context)
        return await page(request, "counts/variances.html", status=status, place="Stock", **shown)


async def _shown(session: Session, **context: Any) -> dict[str, Any]:
    return {
        "session": session,
        "variances": await variances.of(session.id),
        "mistake": None,
        "refusal": "",
        "toast": "",
        "undo": None,
        **context,
    }
