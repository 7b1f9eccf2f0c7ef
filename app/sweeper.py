"""What time does to the shop, in small steps, so that no sale waits for it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from prometheus_client import Counter, Gauge

from app.accounts import actions as accounts
from app.backups.keeper import keeper
from app.books import actions as books
from app.books import audit, seal
from app.database import DB
from app.idempotency import once
from app.orders import actions as orders
from app.orders import backorders, queries
from app.webhooks import actions as webhooks

REST = 0.05  # seconds between two steps, in which others may write
AGAIN = 5.0  # seconds after a step that failed

STEPS = Counter("onhand_chore_steps", "Steps of what time does to the shop.", ["chore", "result"])
LAST = Gauge(
    "onhand_chore_last_success_timestamp_seconds", "When a step went well last.", ["chore"]
)

logger = logging.getLogger("onhand")


class Chore(NamedTuple):
    """Something that is done again and again."""

    step: Callable[[], Awaitable[object]]  # does some of it; true when there is more
    pause: float  # seconds until it is looked at again

    @property
    def name(self) -> str:
        return f"{self.step.__module__}.{self.step.__name__}".removeprefix("app.")


async def expire() -> int:
    """Let some holds expire, if any is over: a look takes no write lock."""
    return await orders.expire_due() if await queries.is_any_due() else 0


async def serve() -> object:
    """What is there again becomes a hold for whoever waits for it."""
    return await orders.serve_next() if await backorders.next_served() else None


async def check_books() -> None:
    """Once a night, or as soon as the server runs again."""
    if await seal.is_due():
        await books.keep(await audit.look(), actor=orders.SWEEPER)
        seal.read_anew()


CHORES = (
    Chore(expire, pause=0.5),
    Chore(serve, pause=1.0),
    Chore(check_books, pause=600.0),
    Chore(once.forget_old, pause=3_600.0),
    Chore(webhooks.forget_old, pause=3_600.0),
    Chore(accounts.forget_old_tries, pause=600.0),
    Chore(accounts.forget_old_events, pause=3_600.0),
    Chore(keeper.keep_up, pause=60.0),
)


@asynccontextmanager
async def running(_: object = None) -> AsyncIterator[None]:
    """Sweep as long as the server runs."""
    tasks = [asyncio.create_task(_sweep(chore)) for chore in CHORES]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _sweep(chore: Chore) -> None:
    while True:
        pause = chore.pause
        try:
            if await chore.step():
                pause = REST
            STEPS.labels(chore.name, "done").inc()
            LAST.labels(chore.name).set_to_current_time()
        except Exception as error:
            STEPS.labels(chore.name, "failed").inc()
            logger.warning("sweeper: %s", error, exc_info=not DB.is_passing(error))
            pause = max(pause, AGAIN)
        await asyncio.sleep(pause)
