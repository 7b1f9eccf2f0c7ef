"""Orders for programs: ``/v1/orders``."""

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import client_of
from app.orders import actions, lists, queries
from app.orders.tables import OrderStatus
from app.orders.wire import OrderIn, OrderOut, OrdersAsked, OrdersOut
from app.stock.actions import InsufficientStock
from app.web.answer import Answer, AnyRequest
from app.web.api import Call, Nothing

LIST = Call("Orders, the newest first", takes=OrdersAsked, gives=OrdersOut)
PLACE = Call(
    "Sell every line, or nothing at all",
    takes=OrderIn,
    gives=OrderOut,
    status=201,
    refuses=[actions.UnknownProduct, InsufficientStock],
)
SHOW = Call("One order", takes=Nothing, gives=OrderOut)


class OrderApi(Controller):
    path = "/orders"

    @get("/", opt=LIST.opt)
    async def index(self, request: AnyRequest) -> Answer:
        asked = await LIST.read(request)
        check = fields.Checks()
        at = {"before": check("cursor", lists.place, asked.cursor)} if asked.cursor else {}
        check.done()
        status = OrderStatus(asked.status) if asked.status else None
        page = await lists.page(status=status, reference=asked.reference, limit=asked.limit, **at)
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
                [actions.Wanted(line.sku, line.quantity) for line in order.lines],
                actor=client.name,
                reference=reference,
                customer=customer,
            )
            return OrderOut.of(placed)

        return await PLACE.once(request, client.actor, act)

    @get("/{order_id:str}", opt=SHOW.opt)
    async def show(self, order_id: FromPath[str]) -> Answer:
        order = await queries.order(fields.id_of(order_id))
        return SHOW.tell(OrderOut.of(order))
