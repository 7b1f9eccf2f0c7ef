"""Put aside for a customer: so many of one product, until a time."""

from typing import Any, NamedTuple

from litestar import Controller, get, post
from litestar.params import FromQuery

from app import fields, words
from app.accounts.current import clerk
from app.errors import Refusal
from app.orders import actions, queries, until
from app.orders.actions import Wanted
from app.stock import promises
from app.stock import queries as shelves
from app.stock.actions import InsufficientStock, operation
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import done, either, fragment, page


class Held(NamedTuple):
    """The order that was made, of how many, and the operation by which it can be undone."""

    order: int
    units: int
    undo: int | None


class AsideController(Controller):
    path = "/orders"

    @get("/new")
    async def new(self, request: AnyRequest, sku: FromQuery[str] = "") -> Answer:
        if not sku:
            return redirect("/stock")
        form = Form({"sku": sku, "quantity": "1"})
        return await _form(request, form)

    @post("/")
    async def put_aside(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)

        async def act() -> Held:  # also what is typed is read once: today may be over the next time
            quantity = form.read("quantity", fields.quantity)
            customer = form.read("customer", fields.customer)
            lasts = form.read(until.field(form), until.read)
            form.check()
            held = await actions.place(
                [Wanted(form["sku"], quantity)],
                actor=visitor.name,
                clerk=visitor.clerk,
                customer=customer,
                expires_in=lasts,
            )
            return Held(held.id, quantity, operation())

        try:
            order_id, units, undo = await form.once(visitor.actor, act, Held)
        except Refusal as refusal:
            return await _form(request, form, refusal)
        order = await queries.order(order_id)
        toast = f"Order {order.number}: {words.plural(units, 'unit')} put aside."
        to = f"/orders/{order.id}"
        return done(request, "orders/_put_aside.html", to=to, order=order, toast=toast, undo=undo)


async def _form(request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
    context: dict[str, Any] = {
        "level": await shelves.level_by_sku(form["sku"]),
        "form": form,
        "ends": until.choices(),
        "refusal": _said(refusal),
    }
    status = status_of(refusal)
    return await either(
        request,
        fragment=lambda: fragment(request, "orders/_aside.html", status=status, **context),
        whole=lambda: page(request, "orders/new.html", status=status, place="Stock", **context),
    )


def _said(refusal: Refusal | None) -> str:
    """Why it was refused; of a shortage also who has the rest."""
    short = refusal.shortages if isinstance(refusal, InsufficientStock) else ()
    held = [promises.said(shortage.promises) for shortage in short if shortage.promises]
    return " ".join([said(refusal), *(f"Reserved: {rest}." for rest in held)])
