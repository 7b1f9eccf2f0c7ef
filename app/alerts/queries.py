"""What runs low, the emptiest first."""

from typing import Any

from app.stock import lists
from app.stock.lists import Sort, Status

SHOWN = 12  # on the panel; the rest is one link away


async def low_stock() -> dict[str, Any]:
    """The panel beside the counter: the emptiest shelves."""
    found = await lists.page(status=Status.LOW, sort=Sort.AVAILABLE, limit=SHOWN)
    return {"low_stock": found.levels}
