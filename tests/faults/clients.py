"""Programs that sell, put aside, hand over, cancel, receive and adjust, each with its history."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import httpx

from tests.faults.auditor import audit
from tests.faults.history import PLACED, History, Result, Wish
from tests.faults.shop import Shop
from tests.faults.told import compare

MIX = {"sell": 50, "reserve": 15, "complete": 10, "cancel": 10, "receive": 10, "adjust": 5}
PATIENCE = 30.0  # seconds until an answer is given up


class Client:
    """One program: it ends only orders that it made."""

    def __init__(self, name: str, folder: Path, skus: Sequence[str], seed: int) -> None:
        self.wishes: list[Wish] = []
        self._name = name
        self._random = Random(f"{name} {seed}")
        self._skus = skus
        self._history = History(folder, name)
        self._held: list[int] = []

    async def step(self, http: httpx.AsyncClient) -> bool:
        """Want something, and ask for it. Whether there was an answer."""
        wish = self._wish()
        self.wishes.append(wish)
        return await self.ask(http, wish)

    def _wish(self) -> Wish:
        chance = self._random
        (kind,) = chance.choices([*MIX], [*MIX.values()])
        key = f"{self._name}-{len(self.wishes)}"
        if kind in {"complete", "cancel"} and self._held:
            order = self._held.pop(chance.randrange(len(self._held)))
            step = "completion" if kind == "complete" else "cancellation"
            return Wish(key, kind, f"/v1/orders/{order}/{step}", {}, order)
        sku = chance.choice(self._skus)
        if kind == "receive":
            body = {"quantity": chance.randint(1, 3), "note": key}
            return Wish(key, kind, f"/v1/inventory/{sku}/receipts", body)
        if kind == "adjust":
            body = {"change": chance.choice([-2, -1, 1]), "reason": "correction", "note": key}
            return Wish(key, kind, f"/v1/inventory/{sku}/adjustments", body)
        skus = chance.sample(self._skus, chance.randint(1, min(3, len(self._skus))))
        lines = [{"sku": sku, "quantity": chance.randint(1, 3)} for sku in skus]
        if kind == "reserve":
            return Wish(
                key, kind, "/v1/orders", {"lines": lines, "reference": key, "expires_in": 86_400}
            )
        return Wish(key, "sell", "/v1/orders", {"lines": lines, "reference": key})

    async def ask(self, http: httpx.AsyncClient, wish: Wish) -> bool:
        """Send it, perhaps not for the first time. Whether there was an answer."""
        start = time.time()
        answered = 0
        wish.status = 0
        try:
            answer = await http.post(
                wish.path, json=wish.body, headers={"Idempotency-Key": wish.key}
            )
            wish.status = answer.status_code
            if wish.result == Result.OK:
                answered = answer.json()["id"]
        except httpx.HTTPError:
            pass
        self._history.note(wish, start, time.time(), answered)
        if wish.kind in PLACED and wish.result == Result.OK and not wish.order:
            wish.order = answered
            if wish.kind == "reserve":
                self._held.append(answered)
        return wish.status != 0


def till(shop: Shop, url: str) -> httpx.Client:
    """A program that asks for one thing after the other."""
    return httpx.Client(base_url=url, headers=shop.program(), timeout=PATIENCE)


@asynccontextmanager
async def connections(
    url: str, headers: Mapping[str, str], number: int
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """So many of one program, each with a line of its own to the server."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE, verify=False)  # noqa: S501 - there is no TLS
            )
            for _ in range(number)
        ]


class Crowd:
    """So many clients of one shop, and all that they ever asked."""

    def __init__(
        self, shop: Shop, number: int, skus: Sequence[str], seed: int, folder: Path | None = None
    ) -> None:
        self.shop = shop
        self.folder = folder or shop.path.parent / "histories"
        self.clients = [Client(f"c{n}", self.folder, skus, seed) for n in range(number)]
        self.random = Random(seed)

    async def work(
        self, url: str, *, seconds: float, end: Callable[[], object] | None = None
    ) -> None:
        """Everybody works, and goes on while ``end`` is on its way, or until nothing answers."""
        is_over = asyncio.Event()

        async def works(client: Client, line: httpx.AsyncClient) -> None:
            while not is_over.is_set() and await client.step(line):
                pass

        async with self._lines(url) as lines:
            working = [
                asyncio.create_task(works(*both)) for both in zip(self.clients, lines, strict=True)
            ]
            await asyncio.sleep(seconds)
            if end:
                await asyncio.to_thread(end)
            is_over.set()
            await asyncio.gather(*working)

    async def ask_again(self, url: str, part: float = 1.0) -> None:
        """What is unknown is asked for again under its key; so many of it."""

        async def asks(client: Client, line: httpx.AsyncClient) -> None:
            for wish in client.wishes:
                if wish.result == Result.UNKNOWN and self.random.random() < part:
                    await client.ask(line, wish)

        async with self._lines(url) as lines:
            await asyncio.gather(*map(asks, self.clients, lines))

    def wait_for(self, orders: int) -> None:
        """Until so many more are answered done. For a thread beside those who work."""
        enough = len(self.placed) + orders
        until = time.monotonic() + PATIENCE
        while len(self.placed) < enough:
            assert time.monotonic() < until, f"{len(self.placed)} of {enough} orders"
            time.sleep(0.01)

    def _lines(self, url: str) -> AbstractAsyncContextManager[list[httpx.AsyncClient]]:
        return connections(url, self.shop.program(), len(self.clients))

    @property
    def wishes(self) -> Iterable[Wish]:
        return (wish for client in self.clients for wish in client.wishes)

    @property
    def placed(self) -> list[Wish]:
        """Every order that was answered done, and whose number is known."""
        done = (it for it in self.wishes if it.kind in PLACED and it.result == Result.OK)
        return [it for it in done if it.order]

    def wrong(self) -> list[str]:
        """What is wrong in the books, and between them and what everybody was told."""
        return [*audit(self.shop.path), *compare(self.shop.path, self.folder)]

    def count(self, result: Result) -> int:
        return sum(wish.result == result for wish in self.wishes)
