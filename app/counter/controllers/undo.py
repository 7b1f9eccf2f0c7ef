"""Undo: the way back from what was just done, wherever it was done."""

from collections.abc import Awaitable, Callable

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import clerk
from app.orders import actions
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import done

UNDONE = {"hx-trigger": "undone"}  # the order on the counter looks at itself again


Undo = Callable[..., Awaitable[str]]  # does it, and returns what to say


class UndoController(Controller):
    path = "/undo"

    @post("/{operation:str}")
    async def undo(self, request: AnyRequest, operation: FromPath[str]) -> Answer:
        return await _undone(request, actions.undo, operation)

    @post("/lost-sales/{lost_sale:str}")
    async def find(self, request: AnyRequest, lost_sale: FromPath[str]) -> Answer:
        return await _undone(request, actions.undo_lost_sale, lost_sale)

    @post("/backorders/{backorder:str}")
    async def stop_waiting(self, request: AnyRequest, backorder: FromPath[str]) -> Answer:
        return await _undone(request, actions.undo_backorder, backorder)

    @get(["/{operation:str}", "/lost-sales/{lost_sale:str}", "/backorders/{backorder:str}"])
    async def back(self) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect("/counter")


async def _undone(request: AnyRequest, undo: Undo, what: str) -> Answer:
    form = await Form.sent(request)
    visitor = clerk(request)
    number = fields.id_of(what)

    async def act() -> str:
        return await undo(number, clerk=visitor.clerk, actor=visitor.name)

    said = await form.once(visitor.actor, act, str)
    return done(request, "counter/_undone.html", to="/counter", headers=UNDONE, toast=said)
