"""Undo: the way back from what was just done, wherever it was done."""

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import clerk
from app.orders import actions
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import done

UNDONE = {"hx-trigger": "undone"}  # the order on the counter looks at itself again


class UndoController(Controller):
    path = "/undo/{operation:str}"

    @post("/")
    async def undo(self, request: AnyRequest, operation: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        first = fields.id_of(operation)

        async def act() -> str:
            return await actions.undo(first, clerk=visitor.clerk, actor=visitor.name)

        said = await form.once(visitor.actor, act, str)
        return done(request, "counter/_undone.html", to="/counter", headers=UNDONE, toast=said)

    @get("/")
    async def back(self) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect("/counter")
