"""A real server in a process of its own; the commands beside it run in this one."""

import asyncio
import re
import socket
from pathlib import Path

import httpx
import pytest

from app.commands import shop
from tests import make
from tests.commands.conftest import Onhand
from tests.server import Server

pytestmark = pytest.mark.sqlite
NOTE = "note: there is no good backup yet"


def test_a_first_start_makes_the_shop_and_prints_a_link_and_the_address_asked_for(database: Path):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]

    server = Server(database, "--port", f"{port}")
    link = httpx.get(server.printed[0].removeprefix("Set up: "))
    status = server.stop()

    assert status == 0
    assert server.url == f"http://127.0.0.1:{port}"
    assert re.fullmatch(rf"Set up: {server.url}/welcome/[A-Za-z0-9_-]{{43}}", server.printed[0])
    assert server.printed[1:] == [f"Serving {server.url}"]
    assert (link.status_code, "Start" in link.text) == (200, True)
    assert database.stat().st_mode & 0o777 == 0o600


def test_while_one_serves_no_second_does_and_commands_work_beside_it(
    database: Path, onhand: Onhand
):
    asyncio.run(let_robin_in())

    server = Server(database)
    for refused in (onhand("serve", "--port", "0"), onhand("migrate"), onhand("demo")):
        assert refused == (
            1,
            [],
            [f"onhand: {database} is in use by a server or by another command."],
        )
    (token,) = onhand("token", "add", "till").out
    (link,) = onhand("clerk", "add", "Robin").out
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as till:
        mug = {"sku": "MUG", "name": "Mug", "price_cents": 350, "on_hand": 5}
        added = till.post("/v1/products", json=mug)
        backup = onhand("backup", "copy.sqlite")
        sold = till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 2}]})
        welcome = httpx.get(link)
    doctor = onhand("doctor")
    status = server.stop()

    assert server.printed == [f"Serving {server.url}"]  # and no link: there is a clerk
    assert (added.status_code, sold.status_code, welcome.status_code) == (201, 201, 200)
    assert backup == (0, ["copy.sqlite"], [])
    assert doctor == (0, [NOTE, "books balance"], [])
    assert status == 0


async def let_robin_in() -> None:
    async with shop.alone():
        await make.clerk("Robin")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])  # noqa: S104
def test_a_host_that_browsers_could_not_use_is_refused_and_makes_no_shop(
    onhand: Onhand, database: Path, host: str
):
    said = onhand("serve", "--host", host)

    assert (said.status, said.out) == (1, [])
    assert said.err == [
        f"onhand: --host {host}: set ONHAND_BASE_URL to the address by which browsers reach it."
    ]
    assert not database.exists()


def test_an_ipv6_shop_answers_at_the_address_that_it_prints(database: Path):
    server = Server(database, "--host", "::1")
    answer = httpx.get(f"{server.url}/healthz")
    status = server.stop()

    assert server.url.startswith("http://[::1]:")
    assert (answer.status_code, status) == (200, 0)


def test_a_port_that_is_taken_is_one_sentence(onhand: Onhand):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        said = onhand("serve", "--port", f"{port}")

    assert (said.status, said.out) == (1, [])
    assert len(said.err) == 1
    assert said.err[0].startswith(f"onhand: 127.0.0.1 port {port} cannot be served: ")
    assert "Address already in use" in said.err[0]


@pytest.mark.parametrize(("option", "value"), [("--port", "70000"), ("--host", "nowhere.invalid")])
def test_an_address_that_cannot_be_is_one_sentence(onhand: Onhand, option: str, value: str):
    said = onhand("serve", option, value)

    assert (said.status, said.out) == (1, [])
    assert len(said.err) == 1
    assert value in said.err[0]
