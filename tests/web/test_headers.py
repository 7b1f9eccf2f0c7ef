"""The headers of every answer: those of every address there is, and of every way to fail."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from app.settings import settings
from app.web import render
from tests import asgi, routes, screen
from tests.routes import Route, Stocked
from tests.server import Server
from tests.web import observatory

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}
OVERHEARD = "Not encrypted: others in this network can read what is typed"
UNSAID = ["server", "access-control-allow-origin", "strict-transport-security"]  # by plain HTTP
OWN = {"/static/{name:path}": {"cache-control": "no-cache"}}
OWN["/welcome/{code:str}"] = {"referrer-policy": "no-referrer"}  # its address lets somebody in


def wrong_with(answer: httpx.Response, path: str = "") -> list[str]:
    """What is missing, or said otherwise, or should not be said at all."""
    own = OWN.get(path, {}) if answer.status_code == 200 else {}
    found = [
        f"{name}: {answer.headers.get(name)}"
        for name, value in {**HEADERS, **own}.items()
        if answer.headers.get_list(name) != [value]
    ]
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/") and "charset=utf-8" not in kind and "event-stream" not in kind:
        found.append(f"content-type: {kind}")
    said = [name for name in UNSAID if name in answer.headers]
    return [*found, *said, *([] if answer.headers.get("x-request-id") else ["no id"])]


async def answers(shop: Stocked) -> Iterator[tuple[Route, httpx.Response]]:
    """What every address answers to whoever may come in, and to nobody."""
    found = []
    async with asgi.client(raise_app_exceptions=False) as client:
        for route in routes.every():
            for headers in ({}, shop.headers(route)):
                client.cookies.clear()
                answer = await client.request(
                    route.method, route.address(shop.names), headers=headers
                )
                found.append((route, answer))
    return iter(found)


async def test_every_address_says_what_browsers_may_do_with_it(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)

    found = list(await answers(shop))

    wrong = {
        (*route, answer.status_code): wrong_with(answer, route.path)
        for route, answer in found
        if wrong_with(answer, route.path)
    }
    assert not wrong
    statuses = [answer.status_code for _, answer in found]
    assert len(found) > 300
    assert statuses.count(200) > 60  # most addresses were really seen
    assert max(statuses) < 500


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("GET", "/v1/nowhere", {}, 404),
        ("DELETE", "/stock", {}, 405),
        ("GET", "/sign-in", {"Host": "evil.example"}, 400),
        ("GET", "/" + "x" * 9_000, {}, 414),
        ("GET", "/", {"X-Large": "x" * 40_000}, 431),
        ("POST", "/sign-in", {"Content-Encoding": "gzip"}, 415),
    ],
)
async def test_every_refusal_says_it_too(
    client: httpx.AsyncClient, method: str, address: str, headers: dict[str, str], status: int
):
    answer = await client.request(method, address, headers=headers)

    assert answer.status_code == status
    assert wrong_with(answer) == []


async def test_a_bug_says_it_too(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.accounts.queries.invitation", None)

    answer = await client.get("/welcome/code")

    assert answer.status_code == 500
    assert wrong_with(answer) == []


async def test_whoever_signs_out_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)
    route = Route("POST", "/sign-out")

    async with asgi.client() as client:
        answer = await client.post(route.path, headers=shop.headers(route))

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert wrong_with(answer) == []


@pytest.fixture(scope="module")
def in_public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program as it serves behind a proxy with TLS."""
    path = tmp_path_factory.mktemp("public") / "shop.sqlite"
    server = Server(path, BASE_URL="https://stock.example.com")
    yield server
    assert server.stop() == 0


def test_behind_tls_the_observatory_gives_the_best_grade(in_public: Server):
    headers = {"Host": "stock.example.com"}
    welcome = in_public.printed[0].partition("/welcome/")[2]
    with httpx.Client(base_url=in_public.url, headers=headers) as client:
        typed = {"name": "Priya", "password": "a short sentence", "again": "a short sentence"}
        come_in = client.post(f"/welcome/{welcome}", data=typed)
        cookies = come_in.headers.get_list("set-cookie")
        page = client.get("/counter", headers={"Cookie": cookies[0].partition(";")[0]})
        door = client.get("/sign-in")

    assert (come_in.status_code, page.status_code, door.status_code) == (303, 200, 200)
    assert observatory.grade(door.headers, [], door.text) == ("A+", 130)
    assert observatory.grade(page.headers, cookies, page.text) == ("A+", 135)
    assert re.fullmatch(
        r"__Host-onhand=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", cookies[0]
    )
    assert page.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("name", "value", "worst"),
    [
        ("content-security-policy", "", "B"),
        ("content-security-policy", "default-src 'self' 'unsafe-inline'", "B+"),
        ("strict-transport-security", "", "B+"),
        ("strict-transport-security", "max-age=3600", "A+"),
        ("access-control-allow-origin", "*", "C"),
    ],
)
def test_the_observatory_sees_what_is_missing(in_public: Server, name: str, value: str, worst: str):
    """The losing control."""
    door = httpx.get(f"{in_public.url}/sign-in", headers={"Host": "stock.example.com"})
    headers = {**door.headers, name: value}
    spoilt = {name: value for name, value in headers.items() if value}

    found, points = observatory.grade(spoilt, [], door.text)

    assert points < 130
    assert found == worst


@pytest.mark.parametrize(
    ("base_url", "is_said"),
    [
        ("http://shop.local:8000", True),
        ("https://shop.local", False),
        ("http://127.0.0.1:8000", False),
    ],
)
async def test_a_shop_that_can_be_overheard_says_so_at_the_foot_of_every_page(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, base_url: str, *, is_said: bool
):
    is_overheard = replace(settings, base_url=base_url).is_overheard
    monkeypatch.setitem(render.environment.globals, "is_overheard", is_overheard)

    async with screen.clerk() as robin:
        pages = [(await robin.get(place)).words for place in ("/counter", "/stock", "/account")]
    pages.append((await client.get("/sign-in")).text)

    assert [OVERHEARD in page for page in pages] == [is_said] * 4
