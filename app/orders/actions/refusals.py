"""How the shop says no to what is asked of an order."""

from app import words
from app.errors import NotFound, Refusal
from app.fields import MOST_UNITS
from app.orders.actions.lines import MOST_LINES
from app.orders.queries import Placed
from app.orders.tables import OrderStatus


class OrderClosed(Refusal):
    kind = "order-closed"
    title = "The order is closed"

    def __init__(self, order: Placed) -> None:
        self.order = order
        if order.is_held:
            ends = f" until {words.time(order.expires_at)}" if order.expires_at else ""
            super().__init__(f"Order {order.number} is on hold{ends}.")
            return
        moment = order.completed_at
        if order.status != OrderStatus.COMPLETED:
            moment = order.closed_at or order.expires_at
        when = f", {words.when(moment)}" if moment else ""
        super().__init__(f"Order {order.number} is {order.status} already{when}.")


class OverReturned(Refusal):
    kind = "over-returned"
    title = "More than was sold"

    def __init__(self, order: Placed) -> None:
        super().__init__(f"More would come back than order {order.number} sold.")


class OverReleased(Refusal):
    kind = "over-returned"
    title = "More than is reserved"

    def __init__(self, order: Placed) -> None:
        super().__init__(f"Order {order.number} has fewer reserved than that.")


class EmptyCart(Refusal):
    def __init__(self) -> None:
        super().__init__("There is nothing to sell yet.")


class CartChanged(Refusal):
    kind = "stale"
    title = "It was changed meanwhile"

    def __init__(self) -> None:
        super().__init__("The order was changed on another screen. Look at it once more.")


class ExtendedMeanwhile(Refusal):
    kind = "stale"
    title = "It was extended meanwhile"

    def __init__(self, order: Placed) -> None:
        ends = words.time(order.expires_at) if order.expires_at else "later"
        super().__init__(f"Order {order.number} is held until {ends} by now. Nothing was changed.")


class NotSold(NotFound):
    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} is no longer sold.")


class LineGone(NotFound):
    def __init__(self) -> None:
        super().__init__("This line is no longer in the order.")


class CartFull(Refusal):
    def __init__(self) -> None:
        super().__init__(f"An order can have {words.number(MOST_LINES)} lines at most.")


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(f"A line can have {words.number(MOST_UNITS)} units at most.")


class CounterTaken(Refusal):
    title = "The counter is taken"

    def __init__(self) -> None:
        super().__init__("Another order lies on your counter. Hold it or complete it first.")


class CannotRepeat(Refusal):
    title = "This order cannot be repeated"


class NeedsManager(Refusal):
    kind = "forbidden"
    title = "A manager has to do this"
    status = 403

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Ask a manager.")
