"""A2: everybody wants the last one, by the API, at the counter, and by completing a hold."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random

import httpx

from tests.faults.auditor import audit
from tests.faults.clients import connections
from tests.faults.shop import fresh
from tests.faults.trial import Outcome, Setup

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
COOKIE = "onhand"

Buyer = Callable[[], Awaitable[httpx.Response]]


class Screen:
    """A clerk at a counter: what she wants is in her cart before everybody presses."""

    def __init__(self, line: httpx.AsyncClient, session: str) -> None:
        self._line = line
        self._line.cookies[COOKIE] = session
        self._token = ""
        self._sale: dict[str, str] = {}
        self._product = ""

    async def scan(self, sku: str) -> None:
        if not self._token:
            self._token = _field("csrf_token", (await self._line.get("/counter")).text)
        page = (await self._post("/counter/lines", search=sku)).text
        self._sale = {name: _field(name, page) for name in ("order", "revision")}
        (self._product,) = set(re.findall(r"/counter/lines/(\d+)", page))

    async def buy(self) -> httpx.Response:
        return await self._post("/counter/sale", **self._sale)

    async def clear(self) -> None:
        """Who has lost takes it out of the cart; who has won has an empty one."""
        await self._post(f"/counter/lines/{self._product}", quantity="0")

    async def _post(self, address: str, **fields: str) -> httpx.Response:
        fields["csrf_token"] = self._token
        return await self._line.post(address, data=fields, headers=HTMX)


def _field(name: str, page: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no {name} in {page[:2_000]}"
    return found[1]


async def _order(line: httpx.AsyncClient, sku: str) -> httpx.Response:
    return await line.post("/v1/orders", json={"lines": [{"sku": sku, "quantity": 1}]})


async def _hold(line: httpx.AsyncClient, sku: str) -> httpx.Response:
    held = await line.post(f"/v1/inventory/{sku}/reservations", json={"quantity": 1})
    if held.status_code != 201:
        return held
    return await line.post(f"/v1/orders/{held.json()['id']}/completion")


def last_unit(setup: Setup) -> Outcome:
    """One product after the other of which there is one, wanted by all of them at once."""
    skus = [f"LAST-{n}" for n in range(setup.pick(12, 30, 200))]
    programs, clerks = setup.pick(16, 60, 60), setup.pick(4, 20, 20)
    shop = fresh(setup.folder, dict.fromkeys(skus, 1), clerks=clerks)
    done = Outcome(len(skus), "")
    statuses: Counter[int] = Counter()
    chance = Random(setup.seed)

    async def everybody(url: str) -> None:
        async with (
            connections(url, shop.program(), programs) as tills,
            connections(url, shop.program(), clerks) as holders,
            connections(url, {}, clerks) as browsers,
        ):
            screens = [Screen(*both) for both in zip(browsers, shop.sessions, strict=True)]
            for sku in skus:
                await asyncio.gather(*(screen.scan(sku) for screen in screens))
                wishes: list[Buyer] = [
                    *(partial(_order, till, sku) for till in tills),
                    *(partial(_hold, holder, sku) for holder in holders),
                    *(screen.buy for screen in screens),
                ]
                chance.shuffle(wishes)
                answers = await asyncio.gather(*(wish() for wish in wishes))
                statuses.update(answer.status_code for answer in answers)
                done.wrong += _judged(sku, answers)
                await asyncio.gather(*(screen.clear() for screen in screens))

    with setup.server(shop.path) as server:
        asyncio.run(everybody(server.url))
    done.wrong += audit(shop.path)
    done.figure = f"{programs + 2 * clerks} buyers, answers {_said(statuses)}"
    return done


def _judged(sku: str, answers: list[httpx.Response]) -> list[str]:
    winners = sum(answer.is_success for answer in answers)
    wrong = [] if winners == 1 else [f"{sku} was sold to {winners}"]
    for answer in answers:
        if answer.status_code == 409 and answer.headers["content-type"].endswith("problem+json"):
            left = [short["available"] for short in answer.json()["shortages"]]
            wrong += [] if left == [0] else [f"{sku} is refused, and {left} are left"]
        elif not answer.is_success and answer.status_code != 409:
            wrong.append(f"{sku} was answered {answer.status_code}")
    return wrong


def _said(statuses: Counter[int]) -> str:
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
