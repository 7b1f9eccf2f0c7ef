"""A disk on which nothing can be written any more, under a running server."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.faults.load import Load, Wish
from tests.server import Server

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]


@contextmanager
def full(server: Server) -> Iterator[None]:
    """Every write of the server to a file fails."""
    pid = server.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_while_the_disk_is_full_sales_are_refused_honestly_and_reads_go_on(tmp_path: Path):
    load = Load(tmp_path / "shop.sqlite", Random(3))
    server = Server(load.database)
    load.stock_up(server.url)
    headers = {"Authorization": f"Bearer {load.token}"}

    def ask(wish: Wish) -> httpx.Response:
        answer = client.post(
            "/v1/orders",
            json={"lines": [{"sku": "MUG-0", "quantity": 1}], "reference": wish.key},
            headers={"Idempotency-Key": wish.key},
        )
        wish.status = answer.status_code
        wish.order = answer.json().get("id", 0)
        return answer

    with httpx.Client(base_url=server.url, headers=headers) as client:
        load.wishes = [Wish(f"key-{n}", [("MUG-0", 1)]) for n in range(30)]
        for wish in load.wishes[:10]:
            assert ask(wish).status_code == 201
        with full(server):
            for wish in load.wishes[10:20]:
                answer = ask(wish)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
                assert answer.json()["type"] == "busy"
                shelf = client.get("/v1/inventory/MUG-0")
                assert (shelf.status_code, shelf.json()["on_hand"]) == (200, 999_990)
        for wish in load.wishes[10:30]:  # the refused ones once more, under their keys
            assert ask(wish).status_code == 201
        assert client.get("/v1/inventory/MUG-0").json()["on_hand"] == 999_970
    assert server.stop() == 0

    load.audit()
