"""Clients that take too long, each in its own way, on a real socket with short deadlines."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.deadlines import Deadlines

SHORT = 0.15  # seconds, of every deadline
LONG = 2.0  # seconds until a connection that is still there is there for good
LARGE = b"x" * 8_000_000  # more than any socket holds
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads all of a body, then tells how long it was; at /large it tells a lot."""
    read, is_more = 0, True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        read, is_more = read + len(message["body"]), message["more_body"]
    body = LARGE if scope["path"] == "/large" else b"%d" % read
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


class Impatient(Deadlines):
    head = body = read = SHORT


@asynccontextmanager
async def served(protocol: type[HttpToolsProtocol] = Impatient) -> AsyncIterator[int]:
    """The app on a free port, which is told."""
    config = uvicorn.Config(
        app, http=protocol, lifespan="off", log_config=None, access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            await running


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def say_nothing(_: Connection) -> None: ...


async def say_half_a_head(connection: Connection) -> None:
    connection[1].write(HEAD)


async def say_half_a_body(connection: Connection) -> None:
    connection[1].write(POST + b"x" * 50)


async def say_a_header_now_and_then(connection: Connection) -> None:
    connection[1].write(HEAD)
    for n in range(100):
        await asyncio.sleep(SHORT / 5)
        connection[1].write(b"X-%d: x\r\n" % n)


async def say_a_byte_of_a_body_now_and_then(connection: Connection) -> None:
    connection[1].write(POST)
    for _ in range(90):
        await asyncio.sleep(SHORT / 5)
        connection[1].write(b"x")


async def say_empty_lines_behind_a_request(connection: Connection) -> None:
    connection[1].write(HEAD + b"\r\n")
    for _ in range(100):
        await asyncio.sleep(SHORT / 5)
        connection[1].write(b"\r\n")


async def read_nothing(connection: Connection) -> None:
    cast("asyncio.Transport", connection[1].transport).pause_reading()
    connection[1].write(HEAD.replace(b"/", b"/large", 1) + b"\r\n")


async def read_nothing_and_ask_for_more(connection: Connection) -> None:
    await read_nothing(connection)
    for _ in range(100):
        await asyncio.sleep(SHORT / 5)
        connection[1].write(HEAD + b"\r\n")


SLOW = [
    say_nothing,
    say_half_a_head,
    say_half_a_body,
    say_a_header_now_and_then,
    say_a_byte_of_a_body_now_and_then,
    say_empty_lines_behind_a_request,
    read_nothing,
    read_nothing_and_ask_for_more,
]


async def is_cut(port: int, behave: Callable[[Connection], Any]) -> bool:
    """Whether the server ends the connection of somebody who behaves so."""
    connection = await asyncio.open_connection("127.0.0.1", port)
    reader, writer = connection
    behaving = asyncio.create_task(behave(connection))
    try:
        async with asyncio.timeout(LONG):
            while not writer.transport.is_closing():
                if behave not in {read_nothing, read_nothing_and_ask_for_more}:
                    if not await reader.read(65_536):
                        return True
                else:
                    await asyncio.sleep(SHORT / 5)
                    writer.write(b"\r\n")  # it tells us when nobody is there any more
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        behaving.cancel()
        writer.transport.abort()
    return True


async def test_whoever_is_too_slow_is_cut_off():
    async with served() as port:
        cut = await asyncio.gather(*(is_cut(port, behave) for behave in SLOW))

    assert [behave.__name__ for behave, is_over in zip(SLOW, cut, strict=True) if not is_over] == []


async def test_uvicorn_alone_keeps_every_one_of_them(monkeypatch: pytest.MonkeyPatch):
    """The losing control."""
    monkeypatch.setattr("tests.web.test_deadlines.LONG", 4 * SHORT)
    async with served(HttpToolsProtocol) as port:
        cut = await asyncio.gather(*(is_cut(port, behave) for behave in SLOW))

    assert not any(cut)


async def test_whoever_is_in_time_is_answered_however_long_she_stays():
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(4):
            await asyncio.sleep(SHORT / 2)
            writer.write(POST)
            await asyncio.sleep(SHORT / 2)
            writer.write(b"x" * 100)
            told = await reader.readuntil(b"100")
            assert told.startswith(b"HTTP/1.1 200")
        writer.write(HEAD.replace(b"/", b"/large", 1) + b"\r\n")
        for _ in range(8):  # slowly, but on and on
            await reader.readexactly(1_000_000)
            await asyncio.sleep(SHORT / 3)
        writer.close()


async def test_headers_without_end_are_refused_before_they_are_all_there():
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"X-Large: " + b"x" * 65_600)
        told = await reader.read()
        writer.close()

    assert told.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b"x-content-type-options: nosniff\r\n" in told
    assert told.endswith(b"The headers of this request are too large.")
