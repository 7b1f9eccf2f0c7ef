"""The lines of an order, and what they come to."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from piccolo.columns.combination import WhereRaw

from app import words
from app.database import Arg, Prepared
from app.errors import Invalid
from app.orders.queries import Line
from app.orders.tables import MOST_TOTAL_CENTS, Order, OrderLine

MOST_LINES = 1_000  # of one order


class TakenOut(NamedTuple):
    """How a line was that is in its order no longer."""

    unit_price_cents: int
    position: int


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
REMOVE_LINE = Prepared(
    OrderLine.raw(
        'DELETE FROM order_line WHERE "order" = {} AND product = {} '
        "RETURNING unit_price_cents, position",
        Arg("order"),
        Arg("product"),
    ),
    TakenOut,
)
_LOWER_LINE = Prepared(
    OrderLine.update({OrderLine.quantity: OrderLine.quantity - Arg("units")})
    .where(
        OrderLine.order == Arg("order"),
        OrderLine.product == Arg("product"),
        WhereRaw('"quantity" > {}', Arg("units")),
    )
    .returning(OrderLine.id),
    int,
)
RAISE_LINE = Prepared(
    OrderLine.update({OrderLine.quantity: OrderLine.quantity + Arg("units")})
    .where(OrderLine.order == Arg("order"), OrderLine.product == Arg("product"))
    .returning(OrderLine.id),
    int,
)
_SET_TOTAL = Prepared(
    Order.update({Order.total_cents: Arg("total_cents")}).where(Order.id == Arg("order")), int
)
_LINES_OF = Prepared(
    OrderLine.select(OrderLine.quantity, OrderLine.unit_price_cents).where(
        OrderLine.order == Arg("order")
    ),
    lambda quantity, unit_price_cents: (quantity, unit_price_cents),
)


class TooMuch(Invalid):
    def __init__(self, most: str) -> None:
        super().__init__({"lines": f"An order can {most} at most."})


def total(lines: Iterable[tuple[int, int]]) -> int:
    """What quantities at their prices come to, or a refusal of more than any order can."""
    cents = sum(quantity * unit_price_cents for quantity, unit_price_cents in lines)
    if cents > MOST_TOTAL_CENTS:
        raise TooMuch(f"come to {words.money(MOST_TOTAL_CENTS)}")
    return cents


async def set_total(order_id: int) -> None:
    """After a change of an open order's lines."""
    await _SET_TOTAL.all(order=order_id, total_cents=total(await _LINES_OF.all(order=order_id)))


async def lower(order_id: int, product: int, units: int) -> TakenOut | None:
    """So many fewer of a product in an order; with its last unit the line goes and is returned."""
    line = {"order": order_id, "product": product}
    if await _LOWER_LINE.first(**line, units=units) is None:
        return await REMOVE_LINE.one(**line)
    return None


def per_product(quantities: Iterable[tuple[int, int]]) -> Counter[int]:
    """The sum for each product, however many lines name it."""
    units: Counter[int] = Counter()
    for product, quantity in quantities:
        units[product] += quantity
    return units


def quantities_of(lines: Iterable[Line]) -> Counter[int]:
    return per_product((line.id, line.quantity) for line in lines)
