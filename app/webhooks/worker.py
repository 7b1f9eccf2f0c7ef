"""What tells the receivers of events, as long as the server runs.

It looks when something was committed, and once a second for what has become due or was committed
by another program. Each hook is sent to by itself, so one that is slow or gone holds up no other.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from app.database import DB
from app.webhooks import addresses, mail, post, queries
from app.webhooks.actions import Due, Outcome, claim, note_and_claim, take

PACE = 0.2  # seconds between two looks, however much is committed
TICK = 1.0  # seconds from one look to the next, if nothing is

logger = logging.getLogger("onhand")


class Worker:
    """Follows the log for every hook, and sends what is due."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._sending: dict[int, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """Tell, as long as the server runs."""
        async with post.client() as client:
            DB.on_commit.append(self._news.set)
            following = asyncio.create_task(self._follow(client))
            try:
                yield
            finally:
                DB.on_commit.remove(self._news.set)
                tasks = [following, *self._sending.values()]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, client: httpx.AsyncClient) -> None:
        while True:
            self._news.clear()
            try:
                await self._look(client)
            except Exception as error:  # noqa: BLE001 - it is tried again, and must not end before
                logger.warning("webhooks: %s", error)
            await asyncio.sleep(PACE)
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._news.wait()

    async def _look(self, client: httpx.AsyncClient) -> None:
        for hook in await queries.behind():
            await self._take(hook)
        for hook in await queries.due():
            if hook not in self._sending:
                self._sending[hook] = asyncio.create_task(self._serve(client, hook))

    async def _take(self, hook: int) -> None:
        """Make deliveries of what is new; if more is left, its own commit makes it look again."""
        try:
            await take(hook)
        except Exception as error:  # noqa: BLE001 - it is tried again, and stops no other hook
            logger.warning("webhook %s: %s", hook, error)

    async def _serve(self, client: httpx.AsyncClient, hook: int) -> None:
        """Send what is due for one hook, one after the other."""
        try:
            due = await claim(hook)
            while due:
                due = await note_and_claim(due, await self._send(client, due))
        except Exception as error:  # noqa: BLE001 - its lease runs out, then it is tried again
            logger.warning("webhook %s: %s", hook, error)
        finally:
            del self._sending[hook]

    async def _send(self, client: httpx.AsyncClient, due: Due) -> Outcome:
        if addresses.is_mail(due.address):
            return await mail.send(due)
        return await post.send(client, due)


worker = Worker()
