"""C8: asked to end while everybody works and many listen, and started anew at the same address."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from statistics import median
from urllib.parse import urlsplit

from tests.bench.http import request
from tests.faults.clients import Crowd
from tests.faults.history import Result
from tests.faults.shop import Shop, fresh
from tests.faults.trial import Outcome, Setup

SKUS = [f"MUG-{n}" for n in range(12)]
DRAINS = 3.0  # seconds from being asked to its end
GAP = 3.0  # seconds in which nobody is served


def restarts(setup: Setup) -> Outcome:
    shop = fresh(setup.folder, dict.fromkeys(SKUS, 100_000))
    crowd = Crowd(shop, 8, SKUS, setup.seed)
    times, listeners = setup.pick(2, 5, 20), setup.pick(20, 100, 200)
    done = Outcome(times, "")
    drains, gaps, cut = [], [], 0
    port = "0"
    asked = 0.0
    for n in range(times + 1):
        with setup.server(shop.path, "--port", port) as server:
            if asked:
                gaps.append(time.monotonic() - asked)
            asyncio.run(crowd.ask_again(server.url))
            if n == times:
                done.hold("it ends well", held=server.stop() == 0)
                break
            port = f"{urlsplit(server.url).port}"

            def stop() -> None:
                nonlocal asked
                asked = time.monotonic()
                done.hold("it ends well", held=server.stop() == 0)
                drains.append(time.monotonic() - asked)

            async def works(url: str) -> int:
                async with _listening(shop, url, listeners) as streams:
                    await crowd.work(url, seconds=0.5, end=stop)
                return sum(not is_whole for is_whole in streams)

            cut += asyncio.run(works(server.url))
    done.wrong += crowd.wrong()
    done.hold(f"{cut} streams were cut in the middle", held=cut == 0)
    setup.expect("it ends in time", max(drains), DRAINS)
    setup.expect("it is back in time", median(gaps), GAP)
    lost = sum("is lost" in what for what in done.wrong)
    done.figure = (
        f"{listeners} listeners; {crowd.count(Result.OK):,} acknowledged, {lost} lost; "
        f"ends after {median(drains):.2f} s, {max(drains):.2f} s at most; "
        f"gap p50 {median(gaps):.2f} s, {max(gaps):.2f} s at most"
    )
    return done


@asynccontextmanager
async def _listening(shop: Shop, url: str, number: int) -> AsyncIterator[list[bool]]:
    """So many streams, all of them open; afterwards whether each of them came to its end."""
    ((name, token),) = shop.program().items()
    address = urlsplit(url)
    ends: list[bool] = []
    opened = asyncio.Semaphore(0)

    async def listen() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(request("GET", "/v1/events/stream", f"{name}: {token}"))
        last = await reader.read(65_536)
        opened.release()
        with suppress(ConnectionError):
            while heard := await reader.read(65_536):
                last = (last + heard)[-5:]
        ends.append(last == b"0\r\n\r\n")
        writer.close()

    streams = [asyncio.create_task(listen()) for _ in range(number)]
    for _ in streams:
        await opened.acquire()
    yield ends
    await asyncio.gather(*streams)
