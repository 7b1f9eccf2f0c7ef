"""Placing an order: all of it is sold, or reserved until a time, or nothing of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from app import clock, words
from app.catalog import queries as catalog
from app.database import Arg, Prepared, action
from app.errors import Invalid, NotFound
from app.fields import MOST_UNITS
from app.orders import queries
from app.orders.actions.lines import ADD_LINE, TooMuch, per_product, total
from app.orders.tables import Order, OrderStatus
from app.stock import actions as stock


class UnknownProduct(NotFound):
    kind = "unknown-product"
    title = "There is no such product"
    extra = (("skus", list[str]),)

    def __init__(self, skus: Sequence[str]) -> None:
        self.skus = skus
        super().__init__(f"There is no product with the SKU {', '.join(skus)}.")

    @property
    def details(self) -> Mapping[str, Any]:
        return {"skus": self.skus}


class Wanted(NamedTuple):
    """One line as it is asked for; without a price it costs what the catalog says."""

    sku: str
    quantity: int
    unit_price_cents: int | None = None


class _Line(NamedTuple):
    product: int
    unit_price_cents: int


_ADD_ORDER = Prepared(
    Order.insert(
        Order(
            status=Arg("status"),
            clerk=Arg("clerk"),
            actor=Arg("actor"),
            reference=Arg("reference"),
            customer=Arg("customer"),
            total_cents=Arg("total_cents"),
            revision=0,
            created_at=Arg("now"),
            held_at=Arg("held_at"),
            expires_at=Arg("expires_at"),
            completed_at=Arg("completed_at"),
        )
    ).returning(Order.id),
    int,
)


@action
async def place(
    lines: Sequence[Wanted],
    *,
    actor: str,
    clerk: int | None = None,
    reference: str = "",
    customer: str = "",
    expires_in: timedelta | None = None,
) -> queries.Placed:
    """Sell every line, or nothing at all; with ``expires_in`` reserve it for so long.

    Refuses SKUs that nobody knows; products of which too few are available, all of them named; and
    numbers that no order can have.
    Lines of the same product at the same price become one.
    """
    quantities = await _per_product_and_price(lines)
    units = per_product((line.product, quantity) for line, quantity in quantities.items())
    now = clock.now()
    if expires_in is None:
        move, status = stock.sell, OrderStatus.COMPLETED
        times = {"held_at": None, "expires_at": None, "completed_at": now}
    else:
        move, status = stock.reserve, OrderStatus.OPEN
        times = {"held_at": now, "expires_at": now + expires_in, "completed_at": None}
        if len(units) < len(quantities):
            raise Invalid({"lines": "A hold can have one price for each product."})
    order_id = await _ADD_ORDER.one(
        status=status,
        clerk=clerk,
        actor=actor,
        reference=reference,
        customer=customer,
        total_cents=total(
            (quantity, line.unit_price_cents) for line, quantity in quantities.items()
        ),
        now=now,
        **times,
    )
    await ADD_LINE.each(
        {"order": order_id, "quantity": quantity, "position": 0, **line._asdict()}
        for line, quantity in quantities.items()
    )
    await move(units, order_id=order_id, actor=actor)
    return await queries.order(order_id)


async def _per_product_and_price(lines: Sequence[Wanted]) -> Counter[_Line]:
    entries = await catalog.find([line.sku for line in lines])
    quantities: Counter[_Line] = Counter()
    unknown = []
    for wanted, entry in zip(lines, entries, strict=True):
        if entry is None or entry.archived:
            unknown.append(wanted.sku)
            continue
        price = entry.price_cents if wanted.unit_price_cents is None else wanted.unit_price_cents
        quantities[_Line(entry.id, price)] += wanted.quantity
    if unknown:
        raise UnknownProduct(list(dict.fromkeys(unknown)))
    if max(quantities.values(), default=0) > MOST_UNITS:
        raise TooMuch(f"have {words.number(MOST_UNITS)} of one product at one price")
    return quantities
