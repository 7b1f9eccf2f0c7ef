"""A delivery that was scanned goes on the shelf."""

from litestar import get, post
from litestar.params import FromPath

from app import fields, words
from app.accounts.current import clerk
from app.counts import actions
from app.counts.controllers import answers
from app.counts.controllers.subjects import SessionController
from app.counts.tables import Subject
from app.errors import Refusal
from app.stock import actions as stock
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Done, Form


class ReceiptController(SessionController):
    path = "/receipts/{session:str}/receipt"
    subject = Subject.DELIVERY

    @post("/")
    async def receive(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        found = await self.session(session)

        async def act() -> Done:
            revision = fields.id_of(form["revision"])
            units = await actions.receive(found.id, revision, actor=visitor.name)
            said = f"{found.name}: {words.plural(units, 'unit')} received."
            return Done(said, stock.operation())

        try:
            toast, undo = await form.once(visitor.actor, act, Done)
        except Refusal as refusal:
            return await answers.not_counted(request, await self.session(session), refusal)
        now = await self.session(session)
        return await answers.counted(request, now, toast=toast, undo=undo)

    @get("/")
    async def back(self, session: FromPath[str]) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect((await self.session(session)).address)
