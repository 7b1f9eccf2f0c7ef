"""Scan, see, sell."""

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery

from app import fields, words
from app.accounts.current import clerk
from app.accounts.queries import Visitor
from app.catalog import queries as catalog
from app.counter import answers, hits, scanning
from app.counter.controllers.holds import recall
from app.errors import Invalid, Refusal
from app.orders import actions, queries
from app.stock.actions import operation
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Done, Form
from app.web.render import either, fragment


class CounterController(Controller):
    path = "/counter"

    @get("/")
    async def show(
        self, request: AnyRequest, search: FromQuery[str] = "", instead_of: FromQuery[str] = ""
    ) -> Answer:
        return await answers.show(request, search=search, instead_of=instead_of)

    @get("/order")
    async def order(self, request: AnyRequest) -> Answer:
        order = await answers.order_of(clerk(request))
        return fragment(request, "counter/_order.html", **order)

    @get("/hits")
    async def search(self, request: AnyRequest, search: FromQuery[str] = "") -> Answer:
        found = await hits.shown(search)
        return await either(
            request,
            fragment=lambda: fragment(request, "counter/_hits.html", **found),
            whole=lambda: answers.show(request, search=search),
        )

    @get(["/lines", "/sale", "/hold", "/recall"])
    async def back(self) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect("/counter")

    @post("/lines")
    async def scan(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            scan = form.read("search", scanning.read)
            form.check()
        except Invalid as invalid:
            return await self._look_for(request, form["search"], says=str(invalid))
        try:
            product = await _product(form, scan)
            if product is None and not (scan.is_for_last_line or scan.order):
                return await self._look_for(request, scan.code)

            async def act() -> None:
                if scan.order:
                    await recall(scan.order, visitor.clerk)
                elif product is None:
                    await _set_last_line(scan.quantity or 0, visitor)
                else:
                    await actions.scan(
                        product, scan.quantity or 1, clerk=visitor.clerk, actor=visitor.name
                    )

            await form.once(visitor.actor, act, type(None))
        except Refusal as refusal:
            return await answers.refused(request, refusal)
        return await answers.done(request, just_scanned=product)

    @post("/lines/{product:str}")
    async def set_quantity(self, request: AnyRequest, product: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        product_id = fields.id_of(product)
        try:
            quantity = form.read("quantity", fields.quantity_or_zero)
            step = form.read("step", _step)
            form.check()

            wanted = max(0, min(quantity + step, fields.MOST_UNITS))

            async def act() -> None:
                await actions.set_quantity(
                    product_id, wanted, clerk=visitor.clerk, actor=visitor.name
                )

            await form.once(visitor.actor, act, type(None))
        except Invalid as invalid:
            mistake = {"product": product_id, "typed": form["quantity"], "says": str(invalid)}
            return await answers.refused(request, invalid, mistake=mistake)
        except Refusal as refusal:
            return await answers.refused(request, refusal)
        return await answers.done(request)

    @post("/sale")
    async def complete(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)

        async def act() -> Done:
            if not form["order"]:
                raise actions.EmptyCart
            order_id = fields.id_of(form["order"])
            revision = fields.id_of(form["revision"])
            sold = await actions.complete(
                order_id, revision, clerk=visitor.clerk, actor=visitor.name
            )
            said = f"Sale {sold.number} complete, {words.money(sold.total_cents)}."
            return Done(said, operation())

        try:
            toast, undo = await form.once(visitor.actor, act, Done)
        except Refusal as refusal:
            return await answers.refused(request, refusal)
        return await answers.done(request, toast=toast, undo=undo)

    async def _look_for(self, request: AnyRequest, code: str, says: str = "") -> Answer:
        return await hits.instead(
            request,
            "counter/_hits.html",
            code,
            says,
            whole=lambda status: answers.show(request, status=status, search=code, says=says),
        )


async def _product(form: Form, scan: scanning.Scan) -> int | None:
    """The product that was chosen among the hits; else the one of the code."""
    if form["product"]:
        return fields.id_of(form["product"])
    return await catalog.id_of(scan.code) if scan.code else None


def _step(typed: str) -> int:
    """One more or one less than what stands in the field; the button that was pressed says so."""
    return {"1": 1, "-1": -1}.get(typed, 0)


async def _set_last_line(quantity: int, visitor: Visitor) -> None:
    cart = await queries.cart(visitor.clerk)
    if cart is None or not cart.lines:
        raise actions.EmptyCart
    await actions.set_quantity(cart.lines[0].id, quantity, clerk=visitor.clerk, actor=visitor.name)
