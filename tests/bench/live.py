"""The live stream: how long after a sale every open screen shows the new number."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from time import perf_counter

from tests.bench.http import Connection, Stream
from tests.bench.load import Round, one, timed
from tests.bench.report import ms
from tests.bench.served import Served
from tests.bench.session import Session

STREAMS = 200
PAUSE = 0.05  # seconds between two sales
SETTLED = 1.5  # seconds after the last sale until nothing more is expected


async def measure(session: Session) -> None:
    report, shop = session.report, session.largest
    sales = int(20 * session.seconds * session.rounds)
    async with _screens(shop) as screens:
        sold, this = await _sell(shop, sales)
        await asyncio.sleep(SETTLED)
    delays = [delay for screen in screens for delay in _delays(screen, sold)]
    missing = STREAMS * sales - len(delays)
    if missing:
        report.problems.append(f"live: {missing} badges never arrived")
    arrived = Round(this.seconds, None, delays, Counter({200: len(delays)}))
    report.part(f"Live: {STREAMS} streams, a sale every {1000 * PAUSE:.0f} ms")
    report.row("the sales", [this])
    report.row("from the order to the badge on a screen", [arrived], expect=(200,))
    report.bound("live: p95 until the badge", ms([arrived], 0.95), lambda v: v < 300, "< 300 ms")


@asynccontextmanager
async def _screens(shop: Served) -> AsyncIterator[list[Stream]]:
    """Screens that are open, and hear."""
    loop = asyncio.get_running_loop()
    asked = shop.page("/live", "Accept: text/event-stream")
    screens = []
    for _ in range(STREAMS):
        _, screen = await loop.create_connection(lambda: Stream(asked), *shop.target.address)
        screens.append(screen)
    async with asyncio.timeout(10):
        while not all(screen.messages for screen in screens):  # the first says when to retry
            await asyncio.sleep(0.01)
    try:
        yield screens
    finally:
        for screen in screens:
            screen.close()


async def _sell(shop: Served, number: int) -> tuple[dict[str, float], Round]:
    """One unit each of different products; when each order was sent, and the round."""
    skus = shop.skus[:number]
    orders = [shop.order((sku, 1)) for sku in skus]
    sold: dict[str, float] = {}
    connection = await Connection.open(shop.target.address)
    async with timed(shop.target) as this:
        begin = perf_counter()
        for n, (sku, order) in enumerate(zip(skus, orders, strict=True)):
            await asyncio.sleep(max(0.0, begin + n * PAUSE - perf_counter()))
            sold[sku] = perf_counter()
            answer = await one(connection, order)
            this.note(sold[sku], answer.status)
    connection.close()
    return sold, shop.note(this)


def _delays(screen: Stream, sold: dict[str, float]) -> list[float]:
    """Seconds from each order until its badge was on this screen."""
    first: dict[str, float] = {}
    for arrived, message in screen.messages:
        for sku in _badges(message):
            if sku in sold and arrived > sold[sku]:
                first.setdefault(sku, arrived)
    return [arrived - sold[sku] for sku, arrived in first.items()]


@lru_cache(1_000)
def _badges(message: bytes) -> frozenset[str]:
    """The SKUs whose badges a message holds. Every screen gets the same bytes."""
    return frozenset(re.findall(r'data-stock="([^"]+)"', message.decode()))
