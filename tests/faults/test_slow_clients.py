"""Hundreds who are silent, or send half of something: the real server, with its real deadlines."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from tests.server import Server

pytestmark = pytest.mark.fault

EACH = 200
DEADLINE = 30  # seconds, after which none of them may be there
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nname=Pri"
BARE = """
import sys
import uvicorn.protocols.http.httptools_impl as bare
import app.commands.serve as serve
from app.__main__ import main
serve.Deadlines = bare.HttpToolsProtocol
sys.exit(main())
"""


async def still_there(url: str, seconds: float) -> tuple[int, list[int]]:
    """How many of the slow are still connected after so long, and how others were answered."""
    port = int(url.rpartition(":")[2])
    writers = []

    async def slow(says: bytes) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(says)
        writers.append(writer)
        return reader

    readers = await asyncio.gather(*(slow(says) for says in (b"", HEAD, POST) * EACH))
    async with httpx.AsyncClient(base_url=url) as clerk:
        pages = [(await clerk.get("/sign-in")).status_code for _ in range(100)]
    endings = [asyncio.create_task(reader.read()) for reader in readers]
    _, there = await asyncio.wait(endings, timeout=seconds)
    for writer in writers:
        writer.transport.abort()
    return len(there), pages


def test_nobody_keeps_a_place_by_being_slow(tmp_path: Path):
    server = Server(tmp_path / "shop.sqlite")

    there, pages = asyncio.run(still_there(server.url, DEADLINE))

    assert (there, pages) == (0, [200] * 100)
    assert server.stop() == 0
    assert "broke" not in server.log.read_text()


def test_without_deadlines_all_of_them_stay(tmp_path: Path):
    """The losing control: the same server on uvicorn's own protocol."""
    program = (sys.executable, "-c", BARE, "serve")
    server = Server(tmp_path / "shop.sqlite", program=program)

    there, pages = asyncio.run(still_there(server.url, DEADLINE))
    server.stop()

    assert (there, pages) == (3 * EACH, [200] * 100)
