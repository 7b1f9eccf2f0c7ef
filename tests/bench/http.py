"""The smallest HTTP/1.1 client that a load needs: one connection, one request at a time."""

import asyncio
import re
from time import perf_counter
from typing import NamedTuple, cast

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class Answer(NamedTuple):
    """What the server said; the body as it was sent, compressed or not."""

    status: int
    body: bytes


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as it is sent. ``headers`` are whole lines: ``"Accept: text/html"``."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def take(buffer: bytearray) -> Answer | None:
    """The answer at the beginning of the buffer, taken out of it; None while some is missing."""
    start = buffer.find(b"\r\n\r\n") + 4
    if start < 4:
        return None
    if length := LENGTH.search(buffer, 0, start):
        end = start + int(length[1])
        if len(buffer) < end:
            return None
        body = bytes(buffer[start:end])
    elif CHUNKED.search(buffer, 0, start):
        body, end, is_whole = chunks(buffer, start)
        if not is_whole:
            return None
    else:
        body, end = b"", start
    answer = Answer(int(buffer[9:12]), body)
    del buffer[:end]
    return answer


def chunks(buffer: bytearray, start: int) -> tuple[bytes, int, bool]:
    """What the complete chunks from ``start`` on hold, where they end, if the last was there."""
    parts = []
    while (line := buffer.find(b"\r\n", start)) >= 0:
        size = int(buffer[start:line], 16)
        end = line + 2 + size + 2
        if len(buffer) < end:
            break
        parts.append(bytes(buffer[line + 2 : end - 2]))
        start = end
        if size == 0:
            return b"".join(parts), start, True
    return b"".join(parts), start, False


class Connection(asyncio.Protocol):
    """A connection that is kept for the next request."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, address: Address) -> "Connection":
        _, connection = await asyncio.get_running_loop().create_connection(cls, *address)
        return connection

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send it now. Whoever awaits the future gets the answer, or OSError."""
        self._waiting = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._waiting.set_exception(ConnectionResetError("the server has hung up"))
        else:
            self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answer = take(self._buffer)
        if answer and self._waiting and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionResetError("the server has hung up"))


class Stream(asyncio.Protocol):
    """A stream of server-sent events. Each message is put away with the moment it arrived."""

    def __init__(self, request: bytes) -> None:
        self.messages: list[tuple[float, bytes]] = []  # time.perf_counter, the message
        self.is_open = False
        self._request = request
        self._buffer = bytearray()
        self._text = bytearray()
        self._transport: asyncio.Transport | None = None

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        self._buffer += data
        if not self.is_open:
            start = self._buffer.find(b"\r\n\r\n") + 4
            if start < 4:
                return
            self.is_open = self._buffer.startswith(b"HTTP/1.1 200")
            del self._buffer[:start]
        text, end, _ = chunks(self._buffer, 0)
        del self._buffer[:end]
        self._text += text
        *whole, rest = self._text.split(b"\n\n")
        self.messages += [(now, bytes(message)) for message in whole]
        self._text = bytearray(rest)
