"""One shop and one browser for all journeys. Every journey brings its own clerks and products."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app import clock
from app.accounts import actions as accounts
from app.accounts import secrets
from app.accounts.tables import Role
from app.database import DB
from tests import books, shops
from tests.browsers import chromium
from tests.server import serving

PASSWORD = "a short sentence is good"  # noqa: S105
PROVED_FOR = timedelta(hours=1)  # no journey is asked for the password again
_numbers = count(1)
T = TypeVar("T")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser journeys come last: asynchronous tests cannot run after Playwright has."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: str(item.path).startswith(here))


@dataclass
class Shop:
    """The running shop, and the ways into it that are not journeys."""

    url: str
    path: Path
    token: str
    sessions: list[str]
    managers: list[str]  # sessions of theirs

    def product(
        self, name: str, *, on_hand: int, price_cents: int = 350, reorder_point: int = 0
    ) -> str:
        """A product of this journey's own. Returns its SKU."""
        sku = f"T{next(_numbers)}"
        self.api(
            "/v1/products",
            sku=sku,
            name=name,
            price_cents=price_cents,
            on_hand=on_hand,
            reorder_point=reorder_point,
        )
        return sku

    def sell(self, sku: str, quantity: int) -> None:
        """Somebody elsewhere buys."""
        self.api("/v1/orders", lines=[{"sku": sku, "quantity": quantity}])

    def available(self, sku: str) -> int:
        level: dict[str, int] = self.api(f"/v1/inventory/{sku}")
        return level["available"]

    def api(self, address: str, **body: object) -> dict[str, int]:
        request = urllib.request.Request(  # noqa: S310
            self.url + address,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            told: dict[str, int] = json.load(answer)
        return told


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Wait for something asynchronous, which beside Playwright's own loop needs a thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _seed(path: Path) -> tuple[str, list[str], list[str]]:
    DB.shop = shops.address(path)
    await DB.open()
    password_hash = await secrets.hash_password(PASSWORD)
    token = await accounts.add_token("journeys")
    sessions: dict[Role, list[str]] = {Role.CLERK: [], Role.MANAGER: []}
    for role, most in ((Role.CLERK, 120), (Role.MANAGER, 12)):
        for number in range(most):
            name = f"{role.title()} {number}"
            code = await accounts.invite(name, role)
            clerk = await accounts.accept(code, name=name, password_hash=password_hash)
            with clock.at(clock.now() + PROVED_FOR):
                sessions[role].append(await accounts.sign_in(clerk, password_hash=password_hash))
    await DB.close()
    return token, sessions[Role.CLERK], sessions[Role.MANAGER]


@pytest.fixture(scope="session")
def shop(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    path = tmp_path_factory.mktemp("journeys") / "shop.sqlite"
    shops.copy(empty_shop, path)
    token, sessions, managers = run_async(_seed(path))
    with serving(path) as url:
        yield Shop(url, path, token, sessions, managers)
    books.balance(path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@dataclass
class Guard:
    """What a page may complain of in its console: answers that a test has asked for."""

    complaints: list[str]

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        expected = re.search(
            r"status of (404|409|422)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|"
            r"ERR_INCOMPLETE|network error|Failed to fetch",
            text,
        )
        if kind in {"error", "warning"} and not expected:
            self.complaints.append(text)


Opens = Callable[..., Page]


@pytest.fixture
def open_screen(shop: Shop, browser: Browser) -> Iterator[Opens]:
    """Opens a screen at which a clerk of its own is signed in. No screen may complain."""
    contexts: list[BrowserContext] = []
    guard = Guard([])

    def opens(
        address: str = "/counter", *, session: str = "", signed_in: bool = True, **options: object
    ) -> Page:
        settings = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **options}
        context = browser.new_context(base_url=shop.url, **settings)  # type: ignore[arg-type]
        contexts.append(context)
        if signed_in:
            cookie = {"name": "onhand", "value": session or shop.sessions.pop(), "url": shop.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        guard.watch(page)
        page.goto(address)
        return page

    yield opens
    for context in contexts:
        context.close()
    assert guard.complaints == []


def orders_of(shop: Shop, sku: str) -> int:
    """How many completed orders there are of a product, read from the file."""
    with shops.beside(shop.path) as connection:
        ((number,),) = connection.rows(
            'SELECT count(*) FROM orders o JOIN order_line n ON n."order" = o.id '
            "JOIN product p ON p.id = n.product WHERE p.sku = ? AND o.status = 'completed'",
            (sku,),
        )
    return int(number)
