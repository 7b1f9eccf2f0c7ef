"""The steps of an order's life: hand over, recall, extend, release, cancel, return, sell again."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from litestar import Controller, post
from litestar.params import FromPath

from app import fields, words
from app.accounts.current import clerk
from app.accounts.queries import Visitor
from app.errors import Refusal
from app.orders import actions, given_back, queries, until
from app.orders.actions import Back
from app.orders.controllers.order import per_product, refused, stepped
from app.orders.queries import Line, Placed
from app.orders.tables import Condition, OrderStatus
from app.orders.until import MORE
from app.settings import settings
from app.stock.actions import operation
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Done, Form

Act = Callable[[], Awaitable[str]]  # does it, and returns what to tell the clerk
Prepare = Callable[[Form, Placed, Visitor], Act]


class StepsController(Controller):
    path = "/orders/{order_id:str}"

    @post("/completion")
    async def hand_over(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def hand_over(_: Form, order: Placed, visitor: Visitor) -> Act:
            async def act() -> str:
                sold = await actions.hand_over(order.id, actor=visitor.name, clerk=visitor.clerk)
                return f"Order {sold.number} handed over, {words.money(sold.total_cents)}."

            return act

        return await _step(request, order_id, hand_over)

    @post("/recall")
    async def recall(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def recall(_: Form, order: Placed, visitor: Visitor) -> Act:
            async def act() -> str:
                await actions.recall(order.id, clerk=visitor.clerk, at_least=settings.hold)
                return f"Order {order.number} is on your counter."

            return act

        return await _step(request, order_id, recall, to="/counter")

    @post("/extension")
    async def extend(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def extend(form: Form, order: Placed, _: Visitor) -> Act:
            async def act() -> str:  # what is possible now is asked once, when it is done
                seen = form.read("ends", until.end)
                form.check()
                held = await actions.extend(order.id, _lasts(form, seen), seen=seen)

                ends = words.time(held.expires_at) if held.expires_at else ""
                return f"Order {held.number} is held until {ends}."

            return act

        return await _step(request, order_id, extend, kind="extension")

    @post("/release")
    async def release(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def release(form: Form, order: Placed, visitor: Visitor) -> Act:
            product = fields.id_of(form["product"])
            quantity = form.read("quantity", fields.quantity)
            form.check()

            async def act() -> str:
                await actions.release(order.id, product, quantity, actor=visitor.name)
                return f"{words.plural(quantity, 'unit')} of order {order.number} released."

            return act

        return await _step(request, order_id, release, kind="release")

    @post("/cancellation")
    async def cancel(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def cancel(form: Form, order: Placed, visitor: Visitor) -> Act:
            note = form.read("note", fields.note)
            seen = form.read("seen", fields.choice(OrderStatus, "the order anew"))
            form.check()

            async def act() -> str:
                before = await queries.order(order.id)
                await actions.cancel(order.id, actor=visitor.name, note=note, seen=seen)
                units = words.plural(sum(line.returnable for line in before.lines), "unit")
                what = "put back" if before.completed_at else "released"
                return f"Order {order.number} cancelled, {units} {what}."

            return act

        return await _step(request, order_id, cancel, kind="cancellation")

    @post("/returns")
    async def take_back(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def take_back(form: Form, order: Placed, visitor: Visitor) -> Act:
            backs = _backs(form, order.lines)

            async def act() -> str:
                await actions.take_back(order.id, backs, actor=visitor.name)
                units = words.plural(sum(back.quantity for back in backs), "unit")
                money = words.money(await given_back.by(operation() or 0))
                return f"{units} taken back from order {order.number}: give back {money}."

            return act

        return await _step(request, order_id, take_back, kind="returns")

    @post("/repetition")
    async def sell_again(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        def sell_again(_: Form, order: Placed, visitor: Visitor) -> Act:
            async def act() -> str:
                await actions.repeat(order.id, clerk=visitor.clerk, actor=visitor.name)
                return f"The lines of order {order.number} are on your counter."

            return act

        return await _step(request, order_id, sell_again, to="/counter")


async def _step(
    request: AnyRequest, order_id: str, prepare: Prepare, *, kind: str = "", to: str = ""
) -> Answer:
    """Read the form, act once, and show the order again or lead on; or the form as it was typed."""
    form = await Form.sent(request)
    order = await queries.order(fields.id_of(order_id))
    visitor = clerk(request)
    try:
        act = prepare(form, order, visitor)

        async def noted() -> Done:
            return Done(await act(), operation())

        toast, undo = await form.once(visitor.actor, noted, Done)
    except Refusal as refusal:
        return await refused(request, order.id, form, refusal, kind=kind)
    if to:
        return redirect(to)
    return await stepped(request, order.id, form, toast=toast, undo=undo)


def _lasts(form: Form, ends: datetime) -> timedelta:
    """How long a hold that ends then is to last from now on."""
    name = until.field(form)
    is_more = form[name] == MORE
    lasts = form.read(name, lambda typed: until.more(ends) if is_more else until.read(typed))
    form.check()
    return lasts


def _backs(form: Form, lines: Sequence[Line]) -> list[Back]:
    """What comes back, as the fields of each product say it."""
    backs = [
        Back(line.id, form.read(f"{condition}-{line.id}", _units), condition)
        for line in per_product(lines)
        for condition in Condition
    ]
    form.check()
    backs = [back for back in backs if back.quantity]
    form.read("returns", lambda _: _any(backs))
    form.check()
    return backs


def _units(typed: str) -> int:
    return fields.quantity_or_zero(typed) if typed.strip() else 0


def _any(backs: Sequence[Back]) -> None:
    if not backs:
        raise ValueError("Say how many come back.")
