"""What changes orders. Whatever moves stock asks ``stock.actions`` to."""

from app.orders.actions.cart import lay_out, scan, set_quantity
from app.orders.actions.closing import SWEEPER, cancel, release
from app.orders.actions.completing import complete, hand_over
from app.orders.actions.expiring import expire_due
from app.orders.actions.finding import find
from app.orders.actions.holding import extend, hold, recall
from app.orders.actions.lines import MOST_LINES
from app.orders.actions.missing import await_stock, lose_sale, note_lost, serve_next, stop_waiting
from app.orders.actions.refusals import (
    CannotRepeat,
    CartChanged,
    CounterTaken,
    EmptyCart,
    ExtendedMeanwhile,
    NeedsManager,
    OrderClosed,
    OverReleased,
    OverReturned,
)
from app.orders.actions.repeating import repeat
from app.orders.actions.returning import Back, take_back
from app.orders.actions.selling import UnknownProduct, Wanted, place
from app.orders.actions.undoing import UNDO_WITHIN, undo
from app.orders.actions.wanting import undo_backorder, undo_lost_sale

__all__ = [
    "MOST_LINES",
    "SWEEPER",
    "UNDO_WITHIN",
    "Back",
    "CannotRepeat",
    "CartChanged",
    "CounterTaken",
    "EmptyCart",
    "ExtendedMeanwhile",
    "NeedsManager",
    "OrderClosed",
    "OverReleased",
    "OverReturned",
    "UnknownProduct",
    "Wanted",
    "await_stock",
    "cancel",
    "complete",
    "expire_due",
    "extend",
    "find",
    "hand_over",
    "hold",
    "lay_out",
    "lose_sale",
    "note_lost",
    "place",
    "recall",
    "release",
    "repeat",
    "scan",
    "serve_next",
    "set_quantity",
    "stop_waiting",
    "take_back",
    "undo",
    "undo_backorder",
    "undo_lost_sale",
]
