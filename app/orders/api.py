"""Orders for programs: ``/v1/orders``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import client_of
from app.fields import MOST_UNITS
from app.orders import actions, queries
from app.web import api
from app.web.answer import Answer, AnyRequest


class LineIn(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    quantity: Annotated[int, msgspec.Meta(ge=1, le=MOST_UNITS)]


class OrderIn(msgspec.Struct, forbid_unknown_fields=True):
    lines: Annotated[list[LineIn], msgspec.Meta(min_length=1, max_length=actions.MOST_LINES)]
    reference: str = ""
    customer: str = ""


class LineOut(msgspec.Struct):
    sku: str
    name: str
    quantity: int
    unit_price_cents: int
    returned: int


class OrderOut(msgspec.Struct):
    id: int
    number: str
    status: str
    lines: Sequence[LineOut]
    total_cents: int
    reference: str | None
    customer: str | None
    clerk: str
    created_at: datetime
    expires_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, order: queries.Placed) -> "OrderOut":
        return cls(
            id=order.id,
            number=order.number,
            status=order.status,
            lines=[
                LineOut(line.sku, line.name, line.quantity, line.unit_price_cents, line.returned)
                for line in order.lines
            ],
            total_cents=order.total_cents,
            reference=order.reference or None,
            customer=order.customer or None,
            clerk=order.actor,
            created_at=order.created_at,
            expires_at=order.expires_at,
            completed_at=order.completed_at,
        )


class OrderApi(Controller):
    path = "/orders"

    @post("/")
    async def place(self, request: AnyRequest) -> Answer:
        order = await api.read(request, OrderIn)
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

        return await api.answer(request, client.actor, act, status=201)

    @get("/{order_id:str}")
    async def show(self, order_id: FromPath[str]) -> Answer:
        order = await queries.order(fields.id_of(order_id))
        return api.as_json(OrderOut.of(order))
