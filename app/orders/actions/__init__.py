"""What changes orders. Whatever moves stock asks ``stock.actions`` to."""

from app.orders.actions.cart import CartChanged, EmptyCart, complete, scan, set_quantity
from app.orders.actions.returning import OrderClosed, OverReturned, take_back
from app.orders.actions.selling import MOST_LINES, UnknownProduct, Wanted, place

__all__ = [
    "MOST_LINES",
    "CartChanged",
    "EmptyCart",
    "OrderClosed",
    "OverReturned",
    "UnknownProduct",
    "Wanted",
    "complete",
    "place",
    "scan",
    "set_quantity",
    "take_back",
]
