"""What changes stock. Nothing else in the program writes a level or an event."""

from app.stock.actions.ledger import BelowReserved, ShelfFull
from app.stock.actions.moving import (
    InsufficientStock,
    Shortage,
    adjust,
    count,
    put_back,
    receive,
    sell,
)
from app.stock.actions.products import add_product, edit_product, set_reorder_point

__all__ = [
    "BelowReserved",
    "InsufficientStock",
    "ShelfFull",
    "Shortage",
    "add_product",
    "adjust",
    "count",
    "edit_product",
    "put_back",
    "receive",
    "sell",
    "set_reorder_point",
]
