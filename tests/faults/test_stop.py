"""SIGTERM under load, and a server that comes back on the same file."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import sleep

import httpx
import pytest

from tests.faults.clients import Crowd
from tests.faults.screens import Screen, busiest_second
from tests.faults.shop import fresh
from tests.faults.trials.recovery import GOODS, SKUS
from tests.server import Server, onhand

pytestmark = pytest.mark.fault

SCREENS = 200
DEAF = (sys.executable, "-m", "tests.faults.careless", "deaf", "serve")


def clerk_at(server: Server) -> httpx.AsyncClient:
    """A browser that came in by the link of the first start, good for very many streams."""
    (link,) = (line.split()[2] for line in server.printed if line.startswith("Set up: "))
    typed = {"name": "Kim", "password": "a short sentence", "again": "a short sentence"}
    welcomed = httpx.post(link, data=typed)
    assert welcomed.status_code == 303
    return httpx.AsyncClient(
        base_url=server.url,
        cookies=welcomed.cookies,
        limits=httpx.Limits(max_connections=None),
        timeout=20,
    )


class Ending:
    """Asks a server to end, and keeps how it did."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.status = -1

    def __call__(self) -> None:
        self.status = self._server.stop()


def was_cut_off(server: Server) -> bool:
    """Whether something went on until the limit, and the server said so and ended nevertheless."""
    return "timeout graceful shutdown exceeded" in server.log.read_text()


async def end_with_screens(
    client: httpx.AsyncClient, screens: list[Screen], crowd: Crowd, ending: Callable[[], None]
) -> None:
    """All of them listen and eight programs sell; when some have sold it is asked to end."""

    def end() -> None:
        crowd.wait_for(30)
        ending()

    opened = asyncio.Semaphore(0)
    listening = [asyncio.create_task(screen.listen(client, opened)) for screen in screens]
    for _ in screens:
        await opened.acquire()
    await crowd.work(str(client.base_url), seconds=0.0, end=end)
    await asyncio.gather(*listening, return_exceptions=True)


def test_two_hundred_open_screens_go_first_and_come_back_one_after_the_other(tmp_path: Path):
    crowd = Crowd(fresh(tmp_path, GOODS), 8, SKUS, seed=8)
    screens = [Screen(Random(n)) for n in range(SCREENS)]
    server = Server(crowd.shop.path)
    ending = Ending(server)

    async def rush() -> Server:
        async with clerk_at(server) as client:
            await end_with_screens(client, screens, crowd, ending)
            again = Server(crowd.shop.path, "--port", server.url.rsplit(":", 1)[1])
            await asyncio.gather(*(screen.come_back(client) for screen in screens))
        return again

    again = asyncio.run(rush())

    assert (ending.status, again.stop()) == (0, 0)
    assert not was_cut_off(server)
    assert [screen for screen in screens if not screen.is_whole] == []
    assert busiest_second([screen.came_back for screen in screens]) <= 100
    assert server.complaints() == []
    assert crowd.wrong() == []


def test_a_server_that_leaves_its_streams_open_ends_late_and_cuts_them(tmp_path: Path):
    """The losing control."""
    crowd = Crowd(fresh(tmp_path, GOODS), 8, SKUS, seed=8)
    screens = [Screen(Random(n)) for n in range(3)]
    server = Server(crowd.shop.path, program=DEAF)
    ending = Ending(server)

    async def rush() -> None:
        async with clerk_at(server) as client:
            await end_with_screens(client, screens, crowd, ending)

    asyncio.run(rush())

    assert was_cut_off(server)
    assert not any(screen.is_whole for screen in screens)
    assert crowd.wrong() == []


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_asked_twice_it_ends_at_once_and_loses_nothing(tmp_path: Path, second: signal.Signals):
    crowd = Crowd(fresh(tmp_path, GOODS), 8, SKUS, seed=9)
    server = Server(crowd.shop.path, program=DEAF)
    ending = Ending(server)

    def ask_twice() -> None:
        server.process.send_signal(signal.SIGINT)
        while "stopping: SIGINT" not in server.log.read_text():
            sleep(0.01)
        server.process.send_signal(second)
        ending()

    async def rush() -> None:
        async with clerk_at(server) as client:
            await end_with_screens(client, [Screen(Random(1))], crowd, ask_twice)

    asyncio.run(rush())

    assert ending.status == -second
    assert not was_cut_off(server)
    assert crowd.wrong() == []


def test_a_server_that_is_asked_to_end_ends_soon_and_loses_nothing(tmp_path: Path):
    crowd = Crowd(fresh(tmp_path, GOODS), 8, SKUS, seed=7)

    def stop() -> None:
        crowd.wait_for(30)
        assert server.stop() == 0

    for _ in range(3):
        server = Server(crowd.shop.path)
        asyncio.run(crowd.work(server.url, seconds=0, end=stop))

    assert crowd.wrong() == []
    assert not was_cut_off(server)
    assert server.complaints() == []


@pytest.mark.parametrize("moment", range(5))
def test_a_server_that_is_asked_to_end_before_it_has_begun_ends(tmp_path: Path, moment: int):
    server = Server(tmp_path / "shop.sqlite")
    sleep(moment / 500)  # there is a moment between its line and its first request

    assert server.stop() == 0


def test_a_connection_that_idles_does_not_keep_a_server_from_ending(tmp_path: Path):
    server = Server(tmp_path / "shop.sqlite")
    with httpx.Client(base_url=server.url) as idle:
        assert idle.get("/v1/products").status_code == 401

        status = server.stop()

    assert status == 0
    assert not was_cut_off(server)


def test_a_program_that_listens_does_not_keep_a_server_from_ending(tmp_path: Path):
    server = Server(tmp_path / "shop.sqlite")
    token = onhand(tmp_path / "shop.sqlite", "token", "add", "till").stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    mug = {"sku": "MUG", "name": "Mug", "price_cents": 350}

    with httpx.Client(base_url=server.url, headers=headers) as till:
        till.post("/v1/products", json=mug).raise_for_status()
        with till.stream("GET", "/v1/events/stream", headers={"Last-Event-ID": "1"}) as stream:
            lines = stream.iter_lines()
            heard = next(line for line in lines if line.startswith("id: "))
            status = server.stop()
            list(lines)  # the stream ended, and not in the middle

    assert (heard, status) == ("id: 2", 0)
    assert not was_cut_off(server)
    assert server.complaints() == []
