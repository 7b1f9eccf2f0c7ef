"""The order on the counter is put aside, or one that was comes back to it."""

from litestar import Controller, post

from app import fields, words
from app.accounts.current import clerk
from app.counter import answers
from app.errors import Invalid, Refusal
from app.orders import actions, until
from app.settings import settings
from app.stock import actions as stock
from app.web.answer import Answer, AnyRequest
from app.web.forms import Done, Form


class HoldController(Controller):
    path = "/counter"

    @post("/hold")
    async def hold(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)

        async def act() -> Done:  # also what is typed is read once: today may be over the next time
            customer = form.read("customer", fields.customer)
            expires_in = form.read("until", until.read)
            form.check()
            if not form["order"]:
                raise actions.EmptyCart
            held = await actions.hold(
                fields.id_of(form["order"]),
                fields.id_of(form["revision"]),
                clerk=visitor.clerk,
                actor=visitor.name,
                expires_in=expires_in,
                customer=customer,
            )
            whom = f" for {held.customer}" if held.customer else ""
            ends = f" until {words.time(held.expires_at)}" if held.expires_at else ""
            return Done(f"Order {held.number} put aside{whom}{ends}.", stock.operation())

        try:
            said, undo = await form.once(visitor.actor, act, Done)
        except Invalid as invalid:
            return await answers.refused(request, invalid, aside=form)
        except Refusal as refusal:
            return await answers.refused(request, refusal, aside=form)
        return await answers.done(request, toast=said, undo=undo)

    @post("/recall")
    async def recall(self, request: AnyRequest) -> Answer:
        """A hold comes to this counter, whoever put it aside."""
        form = await Form.sent(request)
        visitor = clerk(request)

        async def act() -> None:
            await recall(form["order"], visitor.clerk)

        try:
            await form.once(visitor.actor, act, type(None))
        except Refusal as refusal:
            return await answers.refused(request, refusal)
        return await answers.done(request, toast=f"Order {form['order']} is on the counter.")


async def recall(number: str, by: int) -> None:
    await actions.recall(fields.id_of(number), clerk=by, at_least=settings.hold)
