"""Found on the shelf: the goods are in the clerk's hand, and the books do not know of them."""

from app.database import Arg, Prepared, action
from app.orders import queries
from app.orders.actions.refusals import LineGone, NeedsManager
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason

MOST_FOUND = 10  # units of one line that a clerk may find without a manager

_DRAFT = Prepared(
    Order.update({Order.revision: Order.revision + 1})
    .where(Order.clerk == Arg("clerk"), Order.status == OrderStatus.DRAFT)
    .returning(Order.id),
    int,
)
_FIND = Prepared(
    OrderLine.update({OrderLine.found: Arg("units"), OrderLine.found_note: Arg("note")})
    .where(OrderLine.order == Arg("order"), OrderLine.product == Arg("product"))
    .returning(OrderLine.id),
    int,
)


@action
async def find(product: int, units: int, *, clerk: int, is_manager: bool, note: str = "") -> None:
    """So many of a line in the cart were found. The shelf is corrected when the order is completed.

    Refuses more than a clerk may find alone.
    """
    if units > MOST_FOUND and not is_manager:
        raise NeedsManager(f"A clerk can enter {MOST_FOUND} found units at most.")
    cart = await _DRAFT.first(clerk=clerk)
    line = {"order": cart, "product": product}
    if cart is None or await _FIND.first(**line, units=units, note=note) is None:
        raise LineGone


async def enter_found(cart: queries.Placed, *, actor: str) -> None:
    """Correct the shelf by what was found, as far as it is missing; it shall be counted."""
    for line in sorted(cart.lines, key=lambda line: line.id):
        missing = line.quantity - line.available
        if 0 < missing <= line.found:
            note = f"On the shelf, for order {cart.number}"
            note += f": {line.found_note}" if line.found_note else ""
            await stock.adjust(
                line.id, missing, reason=AdjustmentReason.FOUND, actor=actor, note=note
            )
            await stock.ask_for_count(line.id, actor=actor, note=note)
