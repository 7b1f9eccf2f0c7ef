"""Eight programs that sell, each with a log of what it asked and what it was told.

A wish that was answered 2xx is ``ok``, one answered 4xx is ``refused``, and everything else is
``unknown``: it may have happened or not. At the end every ok has to be in the shop, no refusal may
have had an effect, and the shop may hold nothing that nobody asked for.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from tests import books, shops
from tests.server import onhand

CLIENTS = 8
PLENTY = [f"MUG-{n}" for n in range(10)]
SCARCE = [f"BOWL-{n}" for n in range(5)]  # five units each, so that some wishes are refused


@dataclass
class Wish:
    """One order that a client wants, under a key that is also its reference."""

    key: str
    lines: list[tuple[str, int]]
    status: int = 0  # the last answer, 0 for none
    order: int = 0

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_refused(self) -> bool:
        return 400 <= self.status < 500

    @property
    def is_unknown(self) -> bool:
        return not (self.is_ok or self.is_refused)


@dataclass
class Load:
    """All that was ever asked of one shop."""

    database: Path
    random: Random
    token: str = ""
    wishes: list[Wish] = field(default_factory=list)

    def stock_up(self, url: str) -> None:
        """A token, and products to sell, as any shop's owner would make them."""
        added = onhand(self.database, "token", "add", "till")
        self.token = added.stdout.strip()
        with httpx.Client(base_url=url, headers=self._headers) as client:
            for sku in PLENTY + SCARCE:
                product = {
                    "sku": sku,
                    "name": sku,
                    "price_cents": 350,
                    "on_hand": 5 if sku in SCARCE else 1_000_000,
                    "reorder_point": 3,
                }
                client.post("/v1/products", json=product).raise_for_status()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def sell(self, url: str, end: Callable[[], None], after: float) -> None:
        """Everybody sells, until the server is brought to its end and for as long as it answers."""
        async with httpx.AsyncClient(base_url=url, headers=self._headers, timeout=10) as client:
            clients = [asyncio.create_task(self._client(client, n)) for n in range(CLIENTS)]
            await asyncio.sleep(after)
            await asyncio.to_thread(end)
            await asyncio.gather(*clients)

    async def _client(self, client: httpx.AsyncClient, name: int) -> None:
        while True:
            wish = Wish(f"{name}-{len(self.wishes)}", self._lines())
            self.wishes.append(wish)
            if not await self._ask(client, wish):
                return

    def _lines(self) -> list[tuple[str, int]]:
        skus = [self.random.choice(PLENTY), self.random.choice(PLENTY)]
        if self.random.random() < 0.05:
            skus[1] = self.random.choice(SCARCE)
        return [(sku, self.random.randint(1, 3)) for sku in skus]

    async def _ask(self, client: httpx.AsyncClient, wish: Wish) -> bool:
        """Whether there was an answer."""
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in wish.lines]
        try:
            answer = await client.post(
                "/v1/orders",
                json={"lines": lines, "reference": wish.key},
                headers={"Idempotency-Key": wish.key},
            )
        except httpx.HTTPError:
            wish.status = 0
            return False
        wish.status = answer.status_code
        if wish.is_ok:
            order = answer.json()["id"]
            assert wish.order in {0, order}, f"{wish.key} was answered {wish.order}, now {order}"
            wish.order = order
        return True

    async def ask_again(self, url: str, wishes: Iterable[Wish]) -> None:
        async with httpx.AsyncClient(base_url=url, headers=self._headers, timeout=10) as client:
            await asyncio.gather(*(self._ask(client, wish) for wish in wishes))

    def lost(self) -> list[Wish]:
        """What was answered 2xx and is not in the shop as it was answered."""
        placed = self._placed()
        return [w for w in self.wishes if w.is_ok and placed.get(w.order) != (w.key, _sum(w.lines))]

    def audit(self) -> None:
        """The log and the shop tell one story; plain SQL, and what ``doctor`` says."""
        placed = self._placed()
        asked = {wish.key: wish for wish in self.wishes}
        keys = [key for key, _ in placed.values()]
        assert self.lost() == []
        assert len(keys) == len(set(keys)), "a key was acted on twice"
        assert [key for key in keys if key not in asked] == [], "an order that nobody asked for"
        assert [key for key in keys if asked[key].is_refused] == [], "a refusal that sold"
        assert [key for key, lines in placed.values() if _sum(asked[key].lines) != lines] == []
        books.balance(self.database)
        doctor = onhand(self.database, "doctor")
        assert (doctor.returncode, doctor.stdout) == (0, "books balance\n")

    def _placed(self) -> dict[int, tuple[str, dict[str, int]]]:
        """Every order in the file: its reference, and how many of what."""
        placed: dict[int, tuple[str, dict[str, int]]] = {}
        with shops.beside(self.database) as connection:
            for order, key in connection.rows("SELECT id, reference FROM orders"):
                placed[order] = (key, {})
            for order, sku, units in connection.rows(
                'SELECT n."order", p.sku, sum(n.quantity) FROM order_line n '
                "JOIN product p ON p.id = n.product GROUP BY 1, 2"
            ):
                placed[order][1][sku] = units
        return placed


def _sum(lines: list[tuple[str, int]]) -> dict[str, int]:
    units: dict[str, int] = {}
    for sku, quantity in lines:
        units[sku] = units.get(sku, 0) + quantity
    return units
