"""Orders of one line for programs: units that are put aside, and given back."""

from datetime import timedelta

from litestar import Controller, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import client_of
from app.errors import NotFound
from app.orders import actions, queries
from app.orders.actions import OrderClosed, OverReleased, UnknownProduct, Wanted
from app.orders.wire import ReleaseIn, ReservationIn, ReservationOut
from app.settings import settings
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from app.web.answer import Answer, AnyRequest
from app.web.api import Call

RESERVE = Call(
    "Put units of one product aside",
    about="It is an open order with one line, and `id` is the order's.",
    takes=ReservationIn,
    gives=ReservationOut,
    status=201,
    refuses=[UnknownProduct, InsufficientStock],
)
RELEASE = Call(
    "Give units back that were put aside",
    about="With the last one the order is cancelled. An order of several lines is no reservation.",
    takes=ReleaseIn,
    gives=ReservationOut,
    refuses=[OrderClosed, OverReleased],
)


class ReservationApi(Controller):
    @post("/inventory/{sku:str}/reservations", opt=RESERVE.opt)
    async def reserve(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        given = await RESERVE.read(request)
        client = client_of(request)
        check = fields.Checks()
        reference = check("reference", fields.reference, given.reference)
        check.done()
        lasts = timedelta(seconds=given.expires_in) if given.expires_in else settings.hold

        async def act() -> ReservationOut:
            level = await stock.level_by_sku(sku)
            wanted = [Wanted(level.sku, given.quantity)]
            placed = await actions.place(
                wanted, actor=client.name, reference=reference, expires_in=lasts
            )
            return ReservationOut.of(placed)

        return await RESERVE.once(request, client.actor, act)

    @post("/reservations/{order_id:str}/release", opt=RELEASE.opt)
    async def release(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        given = await RELEASE.read(request)
        client = client_of(request)

        async def act() -> ReservationOut:
            order = await queries.order(fields.id_of(order_id))
            if len(order.lines) != 1:
                raise NotFound(f"Order {order.number} has several lines and is no reservation.")
            (line,) = order.lines
            return ReservationOut.of(
                await actions.release(order.id, line.id, given.quantity, actor=client.name)
            )

        return await RELEASE.once(request, client.actor, act)
