"""SIGTERM under load, and a server that comes back on the same file."""

import asyncio
from pathlib import Path
from random import Random
from time import monotonic, sleep

import httpx
import pytest

from tests.faults.load import Load
from tests.server import Server, onhand

pytestmark = pytest.mark.fault


def test_a_server_that_is_asked_to_end_ends_soon_and_loses_nothing(tmp_path: Path):
    load = Load(tmp_path / "shop.sqlite", Random(7))
    took: list[float] = []

    def stop() -> None:
        began = monotonic()
        assert server.stop() == 0
        took.append(monotonic() - began)

    for _ in range(3):
        server = Server(load.database)
        if not load.token:
            load.stock_up(server.url)
        asyncio.run(load.sell(server.url, stop, 0.4))

    load.audit()
    assert max(took) < 3
    assert sum(wish.is_ok for wish in load.wishes) > 60
    assert server.log.read_text() == ""  # it said nothing, as there was nothing to say


@pytest.mark.parametrize("moment", range(5))
def test_a_server_that_is_asked_to_end_before_it_has_begun_ends(tmp_path: Path, moment: int):
    server = Server(tmp_path / "shop.sqlite")
    sleep(moment / 500)  # there is a moment between its line and its first request

    assert server.stop() == 0


def test_a_connection_that_idles_does_not_keep_a_server_from_ending(tmp_path: Path):
    server = Server(tmp_path / "shop.sqlite")
    with httpx.Client(base_url=server.url) as idle:
        assert idle.get("/v1/products").status_code == 401

        began = monotonic()
        status = server.stop()

    assert status == 0
    assert monotonic() - began < 3


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
            began = monotonic()
            status = server.stop()
            list(lines)  # the stream ended, and not in the middle

    assert (heard, status) == ("id: 2", 0)
    assert monotonic() - began < 3
    assert server.log.read_text() == ""
