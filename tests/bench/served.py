"""A shop that is being served, and the requests it is sent."""

import random
import sys
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.bench import processes, shops
from tests.bench.http import Address, Answer, Connection, request
from tests.bench.load import Round, Target, one
from tests.server import Server, onhand

BARE = (sys.executable, "-m", "tests.bench.bare")
PARTIAL = ("HX-Request: true", "HX-Request-Type: partial")

_keys = count(1)  # every order has an Idempotency-Key of its own


class Served:
    """One shop, its server on the servers' core, and what was sold in it so far."""

    def __init__(self, filled: Path, path: Path) -> None:
        self.path = path
        self.entry = shops.opened(filled, path)
        self.skus = shops.skus(path)
        self.sold = 0  # orders answered 201
        self.start()

    def start(self) -> None:
        with processes.on_core(processes.SERVER):
            self._server = Server(self.path)
        self.target = target_of(self._server)

    def stop(self) -> None:
        assert self._server.stop() == 0, self._server.log.read_text()

    def kill(self) -> None:
        """End it, if it has not ended."""
        self._server.kill()

    def audit(self) -> str:
        """What is wrong with the books of the stopped shop; empty when nothing is."""
        doctor = onhand(self.path, "doctor")
        if doctor.returncode or doctor.stdout.splitlines()[-1:] != ["books balance"]:
            return f"doctor: {doctor.stdout}{doctor.stderr}"
        written = shops.orders(self.path)
        return "" if written == self.sold else f"{self.sold} orders answered, {written} written"

    # Requests

    def order(self, *lines: tuple[str, int]) -> bytes:
        """An order of these SKUs and quantities."""
        wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
        return self.post("/v1/orders", {"lines": wanted})

    def orders(self, number: int, skus: list[str] | None = None) -> list[bytes]:
        """So many orders of two lines, spread over the shop or over ``skus``."""
        chosen = [random.sample(skus or self.skus, 2) for _ in range(number)]
        return [self.order((first, 1), (second, 2)) for first, second in chosen]

    def post(self, path: str, body: object) -> bytes:
        key = f"Idempotency-Key: b{next(_keys)}"
        return request("POST", path, self.entry.program, key, body=msgspec.json.encode(body))

    def page(self, path: str, *headers: str) -> bytes:
        """A page, as the browser of the clerk who is signed in asks for it."""
        return request("GET", path, self.entry.browser, "Accept-Encoding: gzip, br", *headers)

    def fragment(self, path: str) -> bytes:
        """A piece of a page, as htmx asks for it."""
        return self.page(path, *PARTIAL)

    def plain(self, path: str, *headers: str) -> bytes:
        """A page that we can read: not compressed."""
        return request("GET", path, self.entry.browser, *headers)

    async def ask(self, request: bytes) -> Answer:
        connection = await Connection.open(self.target.address)
        try:
            return await one(connection, request)
        finally:
            connection.close()

    def note(self, this: Round) -> Round:
        """Remember what a round of orders has sold."""
        self.sold += this.statuses[201]
        return this


def target_of(server: Server) -> Target:
    url = urlsplit(server.url)
    return Target(Address(url.hostname or "", url.port or 0), server.process.pid)
