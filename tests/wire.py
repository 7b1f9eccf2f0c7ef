"""The wire to a database, which a test lets fall silent: nothing is refused or answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Wire:
    """Passes on what comes, both ways, until the lines that are there fall silent."""

    def __init__(self, address: str) -> None:
        self._to = urlsplit(address)
        self._speaking = asyncio.Event()
        self._speaking.set()
        self._passing: set[asyncio.Task[None]] = set()
        self.address = ""

    def fall_silent(self) -> None:
        """Whatever is there now answers nothing any more; a new line does."""
        self._speaking.clear()
        self._speaking = asyncio.Event()
        self._speaking.set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._join, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        self.address = self._to._replace(netloc=f"{self._to.username}@127.0.0.1:{port}").geturl()
        async with server:
            yield self
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing)

    async def _join(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        there, on = await asyncio.open_connection(self._to.hostname, self._to.port)
        speaking = self._speaking
        for come, go in ((here, on), (there, back)):
            self._passing.add(asyncio.create_task(_pass_on(come, go, speaking)))


async def _pass_on(
    come: asyncio.StreamReader, go: asyncio.StreamWriter, speaking: asyncio.Event
) -> None:
    try:
        while content := await come.read(65_536):
            await speaking.wait()
            go.write(content)
        go.close()
    except (ConnectionError, asyncio.CancelledError):
        go.transport.abort()
