"""What changes stock. Nothing else in the program writes a level or an event."""

from app.stock.actions.editing import (
    EditedMeanwhile,
    Facts,
    Stale,
    change_product,
    edit_product,
    version,
)
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
from app.stock.actions.products import add_product, set_reorder_point

__all__ = [
    "BelowReserved",
    "EditedMeanwhile",
    "Facts",
    "InsufficientStock",
    "ShelfFull",
    "Shortage",
    "Stale",
    "add_product",
    "adjust",
    "change_product",
    "count",
    "edit_product",
    "put_back",
    "receive",
    "sell",
    "set_reorder_point",
    "version",
]
