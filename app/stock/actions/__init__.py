"""What changes stock. Nothing else in the program writes a level or an event."""

from app.stock.actions.editing import (
    EditedMeanwhile,
    Facts,
    Stale,
    change_product,
    edit_product,
    version,
)
from app.stock.actions.ledger import BelowReserved, ShelfFull, operation
from app.stock.actions.moving import CountedMeanwhile, adjust, ask_for_count, count, receive
from app.stock.actions.products import add_product, set_reorder_point
from app.stock.actions.promising import (
    InsufficientStock,
    Shortage,
    Unbalanced,
    hand_over,
    put_back,
    release,
    reserve,
    sell,
    write_off,
)
from app.stock.actions.undoing import UNDO, CannotUndo, undo

__all__ = [
    "UNDO",
    "BelowReserved",
    "CannotUndo",
    "CountedMeanwhile",
    "EditedMeanwhile",
    "Facts",
    "InsufficientStock",
    "ShelfFull",
    "Shortage",
    "Stale",
    "Unbalanced",
    "add_product",
    "adjust",
    "ask_for_count",
    "change_product",
    "count",
    "edit_product",
    "hand_over",
    "operation",
    "put_back",
    "receive",
    "release",
    "reserve",
    "sell",
    "set_reorder_point",
    "undo",
    "version",
    "write_off",
]
