"""Many open screens at once, and how each comes back when its stream has ended."""

import asyncio
import re
from dataclasses import dataclass
from random import Random
from time import monotonic

import httpx

RETRY = re.compile(r"^retry: (\d+)\nevent: ", re.MULTILINE)  # htmx hears it within a message only


@dataclass
class Screen:
    """One page at the stream of ``/live``."""

    random: Random
    retry: float = 0.5  # seconds; htmx's own, until the server says another
    came_back: float = 0.0
    is_whole: bool = False  # whether its stream ended, and was not cut

    async def listen(self, client: httpx.AsyncClient, opened: asyncio.Semaphore) -> None:
        """Until the stream ends."""
        async with client.stream("GET", "/live") as answer:
            assert answer.status_code == 200
            text = ""
            async for chunk in answer.aiter_text():
                if not text:
                    opened.release()
                text += chunk
            self.is_whole = True
        if told := RETRY.search(text):
            self.retry = int(told[1]) / 1000

    async def come_back(self, client: httpx.AsyncClient) -> None:
        """As htmx does: after what it was told, three tenths more or less."""
        await asyncio.sleep(self.retry * self.random.uniform(0.7, 1.3))
        self.came_back = monotonic()
        async with client.stream("GET", "/live") as answer:
            assert answer.status_code == 200
            await anext(answer.aiter_raw())


def busiest_second(moments: list[float]) -> int:
    """The most of them that lie within one second."""
    return max(sum(first <= other < first + 1 for other in moments) for first in moments)
