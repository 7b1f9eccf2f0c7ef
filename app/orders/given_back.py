"""The money of what came back."""

from app.database import Arg, Prepared
from app.orders.tables import LineReturn

_GIVEN_BACK = Prepared(
    LineReturn.raw(
        "SELECT coalesce(sum(r.quantity * n.unit_price_cents), 0) FROM stock_event e "
        "JOIN line_return r ON r.event = e.id JOIN order_line n ON n.id = r.line "
        "WHERE e.id = {} OR e.operation = {}",
        Arg("operation"),
        Arg("operation"),
    ),
    int,
)


async def by(operation: int) -> int:
    """What a customer gets for all that one action took back, in cents."""
    return await _GIVEN_BACK.one(operation=operation)
