"""A refusal says why, and nothing was changed: both, wherever one is expected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.database import DB
from app.errors import Refusal

KEPT = (
    "product",
    "stock_level",
    "stock_event",
    "recount",
    "orders",
    "order_line",
    "line_return",
    "line_taken_out",
    "hold_change",
    "backorder",
    "lost_sale",
)


async def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that the shop has written down."""
    return {table: await DB.fetch(f"SELECT * FROM {table}") for table in KEPT}


@asynccontextmanager
async def refused(kind: type[Refusal], says: str) -> AsyncIterator[None]:
    before = await everything()
    with pytest.raises(kind) as refusal:
        yield
    assert str(refusal.value) == says
    assert await everything() == before
