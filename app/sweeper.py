"""What time does to the shop, in small steps, so that no sale waits for it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.idempotency import once
from app.webhooks import actions as webhooks

PAUSE = 3_600.0  # seconds from one round to the next
REST = 0.1  # seconds between two steps, in which others may write

logger = logging.getLogger("onhand")


@asynccontextmanager
async def running(_: object = None) -> AsyncIterator[None]:
    """Sweep as long as the server runs."""
    task = asyncio.create_task(_sweep())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sweep() -> None:
    while True:
        forgotten = 0
        try:
            forgotten = await once.forget_old() + await webhooks.forget_old()
        except Exception as error:  # noqa: BLE001 - it is tried again, and must not end before
            logger.warning("sweeper: %s", error)
        await asyncio.sleep(REST if forgotten else PAUSE)
