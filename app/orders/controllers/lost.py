"""Lost sales: what customers wanted and did not get."""

from litestar import Controller, get, post

from app import fields
from app.accounts.current import clerk
from app.catalog import queries as catalog
from app.errors import NotFound, Refusal
from app.orders import actions, backorders, lost
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page


class LostController(Controller):
    path = "/orders/lost"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await _page(request, Form({"quantity": "1"}))

    @post("/")
    async def note(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            code = form.read("sku", _code)
            quantity = form.read("quantity", fields.quantity)
            form.check()

            async def act() -> None:
                product = await catalog.id_of(code)
                if product is None:
                    raise NotFound(f"There is no product with the SKU {code}.")
                await actions.note_lost(product, quantity, actor=visitor.name)

            await form.once(visitor.actor, act, type(None))
        except Refusal as refusal:
            return await _page(request, form, refusal)
        return redirect("/orders/lost")


async def _page(request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
    return await page(
        request,
        "orders/lost.html",
        status=status_of(refusal),
        place="Orders",
        days=lost.DAYS,
        lost=await lost.report(),
        total=await lost.total(),
        waiting=await backorders.waiting(),
        form=form,
        refusal=said(refusal),
    )


def _code(typed: str) -> str:
    return fields.text(typed, most=100, what="The SKU or barcode", required=True)
