"""What must be told to nobody is in no line of any log and in no answer, whatever breaks."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

import httpx
import pytest

from app.accounts import actions as accounts
from app.accounts import secrets
from app.accounts.tables import Role
from app.web.csrf import COOKIE, token_for
from tests import asgi, routes
from tests.server import Server

PASSWORD = "canary bird in a coal mine"  # noqa: S105
WRONG = "canary that nobody has heard"
LINES = "two\r\nlines\x1b[31mred"


class Canaries(NamedTuple):
    """Everything that lets somebody in."""

    session: str
    seal: str
    token: str
    welcome: str

    @property
    def all(self) -> list[str]:
        return [*self, self.seal.partition(".")[2], PASSWORD, WRONG]

    @property
    def requests(self) -> list[tuple[str, str, Mapping[str, str], Mapping[str, str]]]:
        """Ways to show them to us: method, address, headers, form."""
        page = {"Cookie": f"{COOKIE}={self.session}", "X-CSRF-Token": self.seal}
        till = {"Authorization": f"Bearer {self.token}"}
        door = {"name": "Priya", "password": PASSWORD, "again": PASSWORD}
        return [
            ("POST", "/sign-in", {}, door),
            ("POST", "/sign-in", {}, {**door, "password": WRONG}),
            ("GET", f"/welcome/{self.welcome}", {}, {}),
            ("POST", f"/welcome/{self.welcome}", {}, door),
            ("GET", "/stock", page, {}),
            ("POST", "/stock", page, {"csrf_token": self.seal, "sku": "A", "name": LINES}),
            ("POST", "/stock", {**page, "X-CSRF-Token": "x"}, {"csrf_token": "x"}),
            ("GET", "/nowhere", page, {}),
            ("GET", "/live", page, {}),
            ("GET", "/orders/export", page, {}),
            ("GET", "/v1/products", till, {}),
            ("GET", "/v1/events/stream", till, {}),
            ("GET", "/v1/nowhere", till, {}),
            ("GET", f"/v1/products/{self.token}", till, {}),
            ("POST", "/v1/orders", till, {"not": "json"}),
        ]


@pytest.fixture
async def canaries(monkeypatch: pytest.MonkeyPatch) -> Canaries:
    await routes.stocked(monkeypatch)
    code = await accounts.invite("Anna", Role.CLERK)
    password_hash = await secrets.hash_password(PASSWORD)
    clerk = await accounts.accept(code, name="Anna", password_hash=password_hash)
    session = await accounts.sign_in(clerk, password_hash=password_hash)
    return Canaries(
        session,
        token_for(session),
        await accounts.add_token("till"),
        await accounts.invite("Tom", Role.CLERK),
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with asgi.client(raise_app_exceptions=False) as client:
        yield client


async def shown(client: httpx.AsyncClient, canaries: Canaries) -> list[httpx.Response]:
    found = []
    for method, address, headers, form in canaries.requests:
        client.cookies.clear()
        found.append(await client.request(method, address, headers=headers, data=form or None))
    return found


def leaks(text: str, canaries: Canaries) -> list[str]:
    return [canary for canary in canaries.all if canary in text]


async def test_no_secret_is_in_a_log(
    canaries: Canaries, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG):
        answers = await shown(client, canaries)

    assert {200, 400, 403, 404, 422} <= {answer.status_code for answer in answers}
    said = [one.getMessage() for one in caplog.records if not one.name.startswith("http")]
    assert leaks("".join(said), canaries) == []


async def test_no_secret_is_in_the_log_of_a_bug_which_is_told_once(
    canaries: Canaries,
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    def broken() -> None:
        raise RuntimeError(LINES)

    with monkeypatch.context() as patch:
        patch.setattr("app.clock.now", broken)
        patch.setattr("app.accounts.queries.known", None)
        answers = await shown(client, canaries)

    bugs = [answer for answer in answers if answer.status_code == 500]
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(bugs) == len(records) > 5
    assert leaks(caplog.text, canaries) == []
    for answer in bugs:
        assert leaks(answer.text, canaries) == []
        assert "Traceback" not in answer.text
        assert LINES.split(maxsplit=1)[0] not in answer.text
        assert answer.headers["x-request-id"]


async def test_an_answer_shows_no_secret_but_the_seal_of_its_own_forms(
    canaries: Canaries, client: httpx.AsyncClient
):
    for answer in await shown(client, canaries):
        found = set(leaks(answer.text, canaries))
        assert found <= set(leaks(str(answer.url), canaries)), answer.url  # what she gave herself


def test_the_server_prints_no_secret_but_the_link_that_it_is_asked_for(tmp_path: str):
    server = Server(tmp_path / "shop.sqlite")  # type: ignore[operator]
    link = server.printed[0].removeprefix("Set up: ")
    door = {"name": "Priya", "password": PASSWORD, "again": PASSWORD}
    with httpx.Client(base_url=server.url) as client:
        welcome = client.post(link, data=door)
        cookie = welcome.headers["set-cookie"].split("=")[1].split(";")[0]
        client.get("/stock", headers={"Cookie": f"{COOKIE}={cookie}"})
        client.get(f"/nowhere?password={WRONG}")
        client.post("/sign-in", data={**door, "password": WRONG})
        client.post("/sign-in", content=b"\xff" * 400_000)
    assert server.stop() == 0

    log = server.log.read_text()
    code = link.rpartition("/")[2]
    assert [secret for secret in (PASSWORD, WRONG, cookie, code) if secret in log] == []
