"""A thousand who want to listen at a server that may open few files; and all at once again."""

import asyncio
import re
import resource
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server import ONHAND, Server, onhand

pytestmark = pytest.mark.fault

CLIENTS = 1_000
FEW = ("sh", "-c", 'ulimit -n "$0"; exec "$@"')  # files that the server may open


@pytest.fixture(autouse=True)
def _we_may_open_many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


class Listener:
    """One program on a bare socket."""

    def __init__(self, url: str, token: str, after: int = 0) -> None:
        self.port = int(url.rpartition(":")[2])
        self.request = (
            "GET /v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nLast-Event-ID: {after}\r\n\r\n"
        )
        self.head = ""
        self.writer: asyncio.StreamWriter | None = None

    async def come(self) -> int:
        """The status that it is answered; 0 when there is no answer."""
        try:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(self.request.encode())
            async with asyncio.timeout(20):
                self.head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return 0
        return int(self.head.split()[1])

    async def hear(self, last: int) -> list[int]:
        """The numbers of all events up to this one."""
        heard: list[int] = []
        async with asyncio.timeout(20):
            while not heard or heard[-1] < last:
                line = (await self.reader.readline()).decode()
                heard += [int(n) for n in re.findall(r"^id: (\d+)", line)]
        return heard


async def leave(clients: list[Listener]) -> None:
    for client in clients:
        if client.writer:
            client.writer.transport.abort()
    await asyncio.sleep(0)


def token_of(shop: Path) -> str:
    return onhand(shop, "token", "add", "till").stdout.strip()


@pytest.mark.parametrize(("files", "seats"), [(300, 75), (1_024, 400)])
def test_a_thousand_who_listen_leave_the_shop_open(tmp_path: Path, files: int, seats: int):
    server = Server(tmp_path / "shop.sqlite", program=(*FEW, f"{files}", *ONHAND, "serve"))
    token = token_of(tmp_path / "shop.sqlite")

    async def storm() -> tuple[Counter[int], list[str], list[int]]:
        clients = [Listener(server.url, token) for _ in range(CLIENTS)]
        told = await asyncio.gather(*(client.come() for client in clients))
        async with httpx.AsyncClient(base_url=server.url) as clerk:
            pages = [(await clerk.get("/sign-in")).status_code for _ in range(50)]
        refused = [one.head for one, status in zip(clients, told, strict=True) if status == 503]
        await leave(clients)
        return Counter(told), refused, pages

    told, refused, pages = asyncio.run(storm())
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as till:
        added = till.post("/v1/products", json={"sku": "MUG", "name": "Mug", "price_cents": 1})
    status = server.stop()

    assert (told[200], pages) == (seats, [200] * 50)
    assert told[503] > 100  # the rest found no place to ask, as the system lets in so many
    assert all("retry-after: 30\r\n" in head for head in refused)
    assert (added.status_code, status) == (201, 0)


def test_after_a_restart_all_come_back_at_once_and_have_missed_nothing(tmp_path: Path):
    shop = tmp_path / "shop.sqlite"
    server = Server(shop)
    token = token_of(shop)
    headers = {"Authorization": f"Bearer {token}"}

    def sell(url: str, sku: str) -> int:
        with httpx.Client(base_url=url, headers=headers) as till:
            mug = {"sku": sku, "name": "Mug", "price_cents": 1, "on_hand": 9}
            till.post("/v1/products", json=mug).raise_for_status()
            for _ in range(3):
                line = {"sku": sku, "quantity": 1}
                till.post("/v1/orders", json={"lines": [line]}).raise_for_status()
            last: int = till.get("/v1/events?limit=200").json()["last_id"]
        return last

    async def listen(url: str, after: int, last: int) -> list[list[int]]:
        clients = [Listener(url, token, after) for _ in range(300)]
        assert set(await asyncio.gather(*(client.come() for client in clients))) == {200}
        heard = await asyncio.gather(*(client.hear(last) for client in clients))
        await leave(clients)
        return list(heard)

    first = sell(server.url, "MUG")
    before = asyncio.run(listen(server.url, 0, first))
    assert server.stop() == 0
    server = Server(shop)
    last = sell(server.url, "BOWL")
    after = asyncio.run(listen(server.url, first, last))
    assert server.stop() == 0

    assert before == [list(range(1, first + 1))] * 300
    assert after == [list(range(first + 1, last + 1))] * 300
