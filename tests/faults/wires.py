"""A bad wire between a server and PostgreSQL: slow, or cut in the middle of a COMMIT, or silent."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from random import Random
from threading import Thread

from tests import shops
from tests.faults.shop import Shop
from tests.wire import Wire

AT_ONCE = struct.pack("ii", 1, 0)  # a line that is closed so is reset


class BadWire(Wire):
    """``delay`` is in seconds, each way; of COMMITs so many of a hundred are cut."""

    def __init__(self, address: str, seed: int) -> None:
        super().__init__(address)
        self.delay = 0.0
        self.percent = 0
        self.cuts = 0
        self.chance = Random(seed)

    async def _join(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        there, on = await asyncio.open_connection(self._to.hostname, self._to.port)
        line = Line(self, back, on, self._speaking)
        for passing in (line.ask(here), line.answer(there)):
            self._passing.add(asyncio.create_task(passing))

    def cuts_this(self) -> bool:
        return self.chance.randrange(100) < self.percent


class Line:
    """One connection: what is asked on it, and what is answered."""

    def __init__(
        self,
        wire: BadWire,
        back: asyncio.StreamWriter,
        on: asyncio.StreamWriter,
        speaking: asyncio.Event,
    ) -> None:
        self._wire = wire
        self._back, self._on = back, on
        self._speaking = speaking
        self._is_cut = False

    async def ask(self, here: asyncio.StreamReader) -> None:
        """A COMMIT that is cut comes to the database, or does not."""
        try:
            while content := await self._read(here):
                if b"COMMIT;" in content and self._wire.cuts_this():
                    self._wire.cuts += 1
                    self._is_cut = True
                    if self._wire.chance.random() < 0.5:
                        break
                self._on.write(content)
        except (ConnectionError, asyncio.CancelledError):
            pass
        self._close()

    async def answer(self, there: asyncio.StreamReader) -> None:
        try:
            while content := await self._read(there):
                if self._is_cut:
                    break
                self._back.write(content)
        except (ConnectionError, asyncio.CancelledError):
            pass
        self._close()

    async def _read(self, come: asyncio.StreamReader) -> bytes:
        content = await come.read(65_536)
        await self._speaking.wait()
        await asyncio.sleep(self._wire.delay)
        return content

    def _close(self) -> None:
        for writer in (self._back, self._on):
            end = writer.get_extra_info("socket")
            if self._is_cut and end.fileno() >= 0:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()


@contextmanager
def wired(shop: Shop, seed: int) -> Iterator[BadWire]:
    """A wire to this shop, which works beside the thread that asks for it."""
    wire, loop, stack = (
        BadWire(shops.address(shop.path), seed),
        asyncio.new_event_loop(),
        AsyncExitStack(),
    )
    thread = Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(stack.enter_async_context(wire.laid()), loop).result()
    try:
        yield wire
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
