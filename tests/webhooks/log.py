"""What the delivery log holds, in SQL of the tests' own; and working until nothing is due."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.database import DB
from app.webhooks.worker import Worker
from tests import shops

SOON = timedelta(seconds=1)  # what is taken just now is due; the next try is minutes away
COLUMNS = "id, hook, event, body, status, attempts, code, error, took_ms"
LEFT = """
    SELECT (SELECT count(*) FROM hook
            WHERE is_active AND last_event < (SELECT coalesce(max(id), 0) FROM stock_event))
        + (SELECT count(*) FROM hook_delivery d JOIN hook h ON h.id = d.hook
            WHERE h.is_active AND d.status = 'pending' AND d.next_at <= ?)
"""


async def rows() -> list[dict[str, Any]]:
    """Every delivery, the oldest first."""
    found = await DB.fetch(f"SELECT {COLUMNS} FROM hook_delivery ORDER BY id")
    return [dict(zip(COLUMNS.split(", "), row, strict=True)) for row in found]


async def one() -> dict[str, Any]:
    (row,) = await rows()
    return row


async def next_at() -> datetime:
    ((moment,),) = await DB.fetch("SELECT next_at FROM hook_delivery")
    assert isinstance(moment, datetime)
    return moment


async def is_done() -> None:
    """Wait until nothing is due."""
    async with asyncio.timeout(20):
        while (await DB.fetch(shops.marked(LEFT), (clock.now() + SOON,)))[0][0]:
            await asyncio.sleep(0.001)


async def work() -> None:
    """Send all that is due."""
    async with Worker().running():
        await is_done()


@contextmanager
def later(**time: float) -> Iterator[None]:
    """Inside, it is that much later than now."""
    with clock.at(clock.now() + timedelta(**time)):
        yield
