"""Orders for programs: ``/v1/orders``."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import client_of
from app.catalog import queries as catalog
from app.orders import actions, newest, queries
from app.orders.actions import Back, OrderClosed, OverReturned, UnknownProduct, Wanted
from app.orders.queries import Placed
from app.orders.tables import OrderStatus
from app.orders.wire import ExtensionIn, OrderIn, OrderOut, OrdersAsked, OrdersOut, ReturnsIn
from app.stock.actions import InsufficientStock, ShelfFull
from app.web.answer import Answer, AnyRequest
from app.web.api import Call, Nothing

LIST = Call("Orders, the newest first", takes=OrdersAsked, gives=OrdersOut)
PLACE = Call(
    "Sell every line, or nothing at all",
    about="With `expires_in` nothing is sold: every line is reserved, until it is completed, "
    "cancelled, or that time is over.",
    takes=OrderIn,
    gives=OrderOut,
    status=201,
    refuses=[UnknownProduct, InsufficientStock],
)
SHOW = Call("One order", takes=Nothing, gives=OrderOut)
COMPLETE = Call(
    "The goods of an open order leave with the customer",
    takes=Nothing,
    gives=OrderOut,
    refuses=[OrderClosed],
)
CANCEL = Call(
    "End an order",
    about="An open one is released; of a completed one, what has not come back yet is put back.",
    takes=Nothing,
    gives=OrderOut,
    refuses=[OrderClosed, ShelfFull],
)
EXTEND = Call(
    "Hold an open order for so long from now",
    takes=ExtensionIn,
    gives=OrderOut,
    refuses=[OrderClosed],
)
RETURN = Call(
    "Take back what a completed order has sold",
    about="What comes back `damaged`, or is `gone`, is written down and changes no stock.",
    takes=ReturnsIn,
    gives=OrderOut,
    status=201,
    refuses=[UnknownProduct, OrderClosed, OverReturned, ShelfFull],
)


class OrderApi(Controller):
    path = "/orders"

    @get("/", opt=LIST.opt)
    async def index(self, request: AnyRequest) -> Answer:
        asked = await LIST.read(request)
        check = fields.Checks()
        at = {"before": check("cursor", newest.place, asked.cursor)} if asked.cursor else {}
        check.done()
        status = OrderStatus(asked.status) if asked.status else None
        page = await newest.page(status=status, reference=asked.reference, limit=asked.limit, **at)
        return LIST.tell(OrdersOut([OrderOut.of(order) for order in page.orders], page.next))

    @post("/", opt=PLACE.opt)
    async def place(self, request: AnyRequest) -> Answer:
        order = await PLACE.read(request)
        client = client_of(request)
        check = fields.Checks()
        reference = check("reference", fields.reference, order.reference)
        customer = check("customer", fields.customer, order.customer)
        check.done()

        async def act() -> OrderOut:
            placed = await actions.place(
                [Wanted(line.sku, line.quantity) for line in order.lines],
                actor=client.name,
                reference=reference,
                customer=customer,
                expires_in=timedelta(seconds=order.expires_in) if order.expires_in else None,
            )
            return OrderOut.of(placed)

        return await PLACE.once(request, client.actor, act)

    @get("/{order_id:str}", opt=SHOW.opt)
    async def show(self, order_id: FromPath[str]) -> Answer:
        order = await queries.order(fields.id_of(order_id))
        return SHOW.tell(OrderOut.of(order))

    @post("/{order_id:str}/completion", opt=COMPLETE.opt)
    async def complete(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        return await _step(request, COMPLETE, order_id, actions.hand_over)

    @post("/{order_id:str}/cancellation", opt=CANCEL.opt)
    async def cancel(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        return await _step(request, CANCEL, order_id, actions.cancel)

    @post("/{order_id:str}/extension", opt=EXTEND.opt)
    async def extend(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        given = await EXTEND.read(request)

        async def act(order: int, *, actor: str) -> Placed:  # noqa: ARG001 - no event tells of it
            return await actions.extend(order, timedelta(seconds=given.expires_in))

        return await _step(request, EXTEND, order_id, act)

    @post("/{order_id:str}/returns", opt=RETURN.opt)
    async def take_back(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        given = await RETURN.read(request)

        async def act(order: int, *, actor: str) -> Placed:
            await queries.order(order)
            found = await catalog.find([line.sku for line in given.lines])
            lines = zip(given.lines, found, strict=True)
            if unknown := [line.sku for line, product in lines if product is None]:
                raise UnknownProduct(unknown)
            backs = [
                Back(product.id, line.quantity, line.condition)
                for line, product in zip(given.lines, found, strict=True)
                if product
            ]
            return await actions.take_back(order, backs, actor=actor)

        return await _step(request, RETURN, order_id, act)


async def _step(
    request: AnyRequest,
    call: Call[Any, OrderOut],
    order_id: str,
    act: Callable[..., Awaitable[Placed]],
) -> Answer:
    """An order takes a step of its life, once."""
    await call.read(request)
    client = client_of(request)

    async def step() -> OrderOut:
        return OrderOut.of(await act(fields.id_of(order_id), actor=client.name))

    return await call.once(request, client.actor, step)
