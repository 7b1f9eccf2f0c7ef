"""A program that is told of events: it listens on this machine, and answers as the test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import msgspec

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\noh\n"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
HUGE = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 200_000
NONSENSE = b"220 mail.example.org ESMTP\r\n"


class Got(NamedTuple):
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(msgspec.json.decode(self.body))


class Receiver:
    """What came is in ``got``. It answers what is in ``answers``, then 200; None cuts the line."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[bytes | None] = []
        self.address = ""
        self.at_once = 0
        self.most_at_once = 0
        self.is_holding = asyncio.Event()  # somebody waits for an answer
        self._released = asyncio.Event()
        self._released.set()

    def hold(self) -> None:
        """Take what comes, and answer nothing until ``release``."""
        self._released.clear()

    def release(self) -> None:
        self._released.set()

    async def has(self, count: int) -> None:
        """Wait until so much came."""
        async with asyncio.timeout(30):
            while len(self.got) < count:
                await asyncio.sleep(0.001)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.strip().split("\r\n")
            headers = {k.lower(): v.strip() for k, v in (h.split(":", 1) for h in rest)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.got.append(Got(line, headers, body))
            self.is_holding.set()
            await self._released.wait()
            if answer := self.answers.pop(0) if self.answers else OK:
                writer.write(answer)
                await writer.drain()
        self.at_once -= 1
        writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.meet, "127.0.0.1", 0)
    receiver.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/told?by=onhand"
    async with server:
        try:
            yield receiver
        finally:
            receiver.release()
