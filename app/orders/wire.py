"""Orders as programs are told them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from app.orders.actions import MOST_LINES
from app.orders.queries import Placed
from app.orders.tables import Condition, OrderStatus
from app.web import kinds


class Status(StrEnum):
    """How an order stands. Nobody but its clerk sees a draft."""

    OPEN = OrderStatus.OPEN
    COMPLETED = OrderStatus.COMPLETED
    CANCELLED = OrderStatus.CANCELLED
    EXPIRED = OrderStatus.EXPIRED


class LineIn(msgspec.Struct, forbid_unknown_fields=True):
    sku: kinds.Sku
    quantity: kinds.Quantity


class OrderIn(msgspec.Struct, forbid_unknown_fields=True):
    """What is wanted, all of it or nothing; with ``expires_in`` it is held and not yet sold."""

    lines: Annotated[list[LineIn], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    expires_in: kinds.ExpiresIn | None = None
    reference: kinds.Reference = ""
    customer: kinds.Customer = ""


class ExtensionIn(msgspec.Struct, forbid_unknown_fields=True):
    """For how long from now."""

    expires_in: kinds.ExpiresIn


class BackIn(msgspec.Struct, forbid_unknown_fields=True):
    sku: kinds.Sku
    quantity: kinds.Quantity
    condition: Condition


class ReturnsIn(msgspec.Struct, forbid_unknown_fields=True):
    """What comes back of an order, or will not."""

    lines: Annotated[list[BackIn], msgspec.Meta(min_length=1, max_length=MOST_LINES)]


class LineOut(msgspec.Struct):
    sku: str
    name: str
    quantity: int
    unit_price_cents: int
    returned: int


class OrderOut(msgspec.Struct):
    """What a customer asked for, and what became of it."""

    id: int
    number: str
    status: Status
    lines: Sequence[LineOut]
    total_cents: int
    reference: str | None
    customer: str | None
    clerk: str
    created_at: datetime
    expires_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, order: Placed) -> "OrderOut":
        return cls(
            id=order.id,
            number=order.number,
            status=Status(order.status),
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


class OrdersOut(msgspec.Struct):
    """One page of orders, the newest first."""

    items: Sequence[OrderOut]
    next_cursor: str | None


class OrdersAsked(msgspec.Struct):
    status: Status | None = None
    reference: str = ""
    limit: kinds.Limit = 50
    cursor: kinds.Cursor | None = None


class ReservationIn(msgspec.Struct, forbid_unknown_fields=True):
    """Units to put aside, for as long as the shop holds things if nothing else is said."""

    quantity: kinds.Quantity
    expires_in: kinds.ExpiresIn | None = None
    reference: kinds.Reference = ""


class ReleaseIn(msgspec.Struct, forbid_unknown_fields=True):
    """How many of them to give back; all of them when nothing is said."""

    quantity: kinds.Quantity | None = None


class ReservationOut(msgspec.Struct):
    """An order of one line, by the units that are reserved for it: none once it is over."""

    id: int
    sku: str
    quantity: int
    status: Status
    expires_at: datetime | None
    reference: str | None

    @classmethod
    def of(cls, order: Placed) -> "ReservationOut":
        (line,) = order.lines
        return cls(
            id=order.id,
            sku=line.sku,
            quantity=line.quantity if order.status == Status.OPEN else 0,
            status=Status(order.status),
            expires_at=order.expires_at,
            reference=order.reference or None,
        )
