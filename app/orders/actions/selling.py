"""Selling at once: all of an order, or nothing of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app import clock, words
from app.catalog import queries as catalog
from app.database import Arg, Prepared, action
from app.errors import Invalid, NotFound
from app.fields import MOST_UNITS
from app.orders import queries
from app.orders.tables import MOST_TOTAL_CENTS, Order, OrderLine, OrderStatus
from app.stock import actions as stock

MOST_LINES = 1_000  # of one order


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


class TooMuch(Invalid):
    def __init__(self, most: str) -> None:
        super().__init__({"lines": f"An order can {most} at most."})


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
            status=OrderStatus.COMPLETED,
            clerk=Arg("clerk"),
            actor=Arg("actor"),
            reference=Arg("reference"),
            customer=Arg("customer"),
            total_cents=Arg("total_cents"),
            revision=0,
            created_at=Arg("now"),
            completed_at=Arg("now"),
        )
    ).returning(Order.id),
    int,
)
ADD_LINE = Prepared(
    OrderLine.insert(
        OrderLine(
            order=Arg("order"),
            product=Arg("product"),
            quantity=Arg("quantity"),
            unit_price_cents=Arg("unit_price_cents"),
            returned=0,
            position=Arg("position"),
        )
    ),
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
) -> queries.Placed:
    """Sell every line, or nothing at all.

    Refuses SKUs that nobody knows; products of which too few are available, all of them named; and
    numbers that no order can have.
    Lines of the same product at the same price become one.
    """
    quantities = await _per_product_and_price(lines)
    order_id = await _ADD_ORDER.one(
        clerk=clerk,
        actor=actor,
        reference=reference,
        customer=customer,
        total_cents=total(
            (quantity, line.unit_price_cents) for line, quantity in quantities.items()
        ),
        now=clock.now(),
    )
    await ADD_LINE.each(
        {"order": order_id, "quantity": quantity, "position": 0, **line._asdict()}
        for line, quantity in quantities.items()
    )
    await stock.sell(
        per_product((line.product, quantity) for line, quantity in quantities.items()),
        order_id=order_id,
        actor=actor,
    )
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


def total(lines: Iterable[tuple[int, int]]) -> int:
    """What quantities at their prices come to, or a refusal of more than any order can."""
    cents = sum(quantity * unit_price_cents for quantity, unit_price_cents in lines)
    if cents > MOST_TOTAL_CENTS:
        raise TooMuch(f"come to {words.money(MOST_TOTAL_CENTS)}")
    return cents


def per_product(quantities: Iterable[tuple[int, int]]) -> Counter[int]:
    """The sum for each product, however many lines name it."""
    units: Counter[int] = Counter()
    for product, quantity in quantities:
        units[product] += quantity
    return units
