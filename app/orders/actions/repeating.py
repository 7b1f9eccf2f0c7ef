"""What was not sold is sold after all: the lines of an order that ended, on a counter anew."""

from app.database import action
from app.orders import queries
from app.orders.actions.cart import lay_out
from app.orders.actions.refusals import CannotRepeat, CounterTaken
from app.orders.tables import OrderStatus

_ENDED = {OrderStatus.CANCELLED, OrderStatus.EXPIRED}


@action
async def repeat(order_id: int, *, clerk: int, actor: str) -> queries.Placed:
    """The lines of an order that was cancelled or has expired lie on this clerk's counter.

    Refuses an order that has not ended, a counter that is taken, and a product at two prices, for
    a cart has one line for each.
    """
    order = await queries.order(order_id)
    if order.status not in _ENDED:
        raise CannotRepeat(
            f"Order {order.number} is {order.status}, so there is nothing to repeat."
        )
    if len({line.id for line in order.lines}) < len(order.lines):
        raise CannotRepeat(f"Order {order.number} has a product at two prices. Scan it anew.")
    if not await lay_out(order.lines, clerk=clerk, actor=actor):
        raise CounterTaken
    return order
