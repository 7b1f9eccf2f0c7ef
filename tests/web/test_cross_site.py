"""Another site, and what it can make this browser send: nothing of it has an effect."""

from collections.abc import Mapping

import pytest

from app.settings import settings
from app.web.csrf import COOKIE, token_for
from tests import asgi, make, refused, routes
from tests.routes import Route, Stocked

PASSWORD = "a short sentence is good"  # noqa: S105
HERE = "http://127.0.0.1"
ELSEWHERE = ["https://evil.example", "null", "", "http://127.0.0.1:8001", "https://127.0.0.1"]
ELSEWHERE += ["http://127.0.0.1.evil.example", "http://evil.example/127.0.0.1", "http://localhost"]
# Where there is no session yet; and where the page hides its address, and so the form its origin.
OPEN = {
    "/sign-in": ["X-CSRF-Token"],
    "/sign-in/pin": ["X-CSRF-Token"],
    "/welcome/{code:str}": ["X-CSRF-Token", "null"],
}

FORGED: dict[str, Mapping[str, str]] = {
    "of another site": {"Sec-Fetch-Site": "cross-site"},
    "of a sibling": {"Sec-Fetch-Site": "same-site", "Origin": HERE},
    "that lies about it": {"Sec-Fetch-Site": "same-origin, cross-site"},
    **{f"from {origin!r}": {"Origin": origin} for origin in ELSEWHERE},
    "without a token": {"X-CSRF-Token": ""},
    "with a token made up": {"X-CSRF-Token": "0123456789abcdef." + "0" * 64},
    "with a token and no signature": {"X-CSRF-Token": "0123456789abcdef."},
}


def posts() -> list[Route]:
    return [one for one in routes.every() if one.method == "POST" and not one.is_for_programs]


async def accepted(shop: Stocked, forged: Mapping[str, str]) -> list[tuple[Route, int]]:
    """Which forms were taken although they carry this."""
    found = []
    async with asgi.client(raise_app_exceptions=False) as client:
        for route in posts():
            answer = await client.post(
                route.address(shop.names),
                data={"quantity": "1", "key": "forged"},
                headers={**shop.headers(route), **forged},
            )
            is_open = set(OPEN.get(route.path, ())) & {*forged, *forged.values()}
            if answer.status_code != 403 and not is_open:
                found.append((route, answer.status_code))
    return found


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_form_that_is_not_ours_is_refused_everywhere(
    monkeypatch: pytest.MonkeyPatch, forged: Mapping[str, str]
):
    shop = await routes.stocked(monkeypatch)
    before = await refused.everything()

    assert len(posts()) > 50
    assert await accepted(shop, forged) == []
    assert await refused.everything() == before


async def test_a_form_of_ours_is_taken(monkeypatch: pytest.MonkeyPatch):
    """The control: the same forms, and nothing forged about them."""
    shop = await routes.stocked(monkeypatch)

    for own in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": HERE}, {}):
        assert len(await accepted(shop, own)) > 50


async def test_a_token_is_good_for_its_own_session_only(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)
    tom = await make.clerk("Tom")
    before_signing_in_again = await make.session(tom)
    now = await make.session(tom, instead_of=before_signing_in_again)
    before = await refused.everything()

    for other in (before_signing_in_again, now, ""):
        assert await accepted(shop, {"X-CSRF-Token": token_for(other)}) == []

    assert await refused.everything() == before


async def test_a_cookie_that_a_sibling_has_tossed_is_no_token(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)
    tossed = "0123456789abcdef." + "0" * 64
    cookies = f"csrftoken={tossed}; csrf_token={tossed}; {COOKIE}={shop.session}"

    assert await accepted(shop, {"Cookie": cookies, "X-CSRF-Token": tossed}) == []


async def test_a_body_that_any_site_may_send_is_no_form(monkeypatch: pytest.MonkeyPatch):
    """Text, JSON and files: whatever a form of another site can call itself."""
    shop = await routes.stocked(monkeypatch)
    before = await refused.everything()

    async with asgi.client() as client:
        for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
            for route in posts():
                answer = await client.post(
                    route.address(shop.names),
                    content=b'{"quantity": 1}',
                    headers={**shop.headers(route), "Content-Type": kind},
                )
                assert answer.status_code in {403, 404, 415}, route

    assert await refused.everything() == before


async def test_looking_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """An image or a link of another site can only GET, and that is harmless everywhere."""
    shop = await routes.stocked(monkeypatch)
    before = await refused.everything()

    async with asgi.client() as client:
        for route in routes.every():
            if route.method == "GET":
                headers = {**shop.headers(route), "Sec-Fetch-Site": "cross-site"}
                await client.get(route.address(shop.names), headers=headers)

    assert await refused.everything() == before


async def test_a_session_opens_no_door_for_programs(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)

    async with asgi.client(headers={"Cookie": f"{COOKIE}={shop.session}"}) as client:
        for route in routes.every():
            if route.is_for_programs and route.path not in {"/v1/openapi.json", "/v1/docs"}:
                answer = await client.request(route.method, route.address(shop.names))
                assert answer.status_code == 401, route


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://stock.example.com", 422),
        ("http://stock.example.com", 403),
        ("https://stock.example.com:8443", 403),
        ("https://shop.example.com", 403),
    ],
)
async def test_behind_a_proxy_only_the_address_that_was_given_is_ours(
    monkeypatch: pytest.MonkeyPatch, origin: str, status: int
):
    monkeypatch.setattr("app.web.malformed._HOSTS", {"stock.example.com"})
    monkeypatch.setitem(settings.__dict__, "base_url", "https://stock.example.com")
    monkeypatch.setitem(settings.__dict__, "is_base_url_given", True)

    async with asgi.client(headers={"Host": "stock.example.com"}) as client:
        answer = await client.post("/sign-in", data={"name": "x"}, headers={"Origin": origin})

    assert answer.status_code == status


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("//evil.example", "/\\evil.example", "\\/evil.example", "https:evil.example"),
        *("https://evil.example", "javascript:alert(1)", "/\t/evil.example", "evil.example"),
        *("/stock\r\nSet-Cookie: a=b", "\t//evil.example", " //evil.example", "///evil.example"),
        *("@evil.example", "/stock\\@evil.example", "data:text/html,x", "", "/stöck", "/\x00"),
    ],
)
async def test_nobody_is_led_away_after_signing_in(elsewhere: str):
    await make.clerk("Priya", password=PASSWORD)
    async with asgi.client() as client:
        shown = await client.get("/sign-in", params={"next": elsewhere})
        typed = {"name": "Priya", "password": PASSWORD, "next": elsewhere}
        answer = await client.post("/sign-in", data=typed)

    assert shown.status_code == 200
    assert (answer.status_code, answer.headers["location"]) == (303, "/counter")


@pytest.mark.parametrize("own", ["/stock", "/orders/7?show=today#lines", "/%2f%2fevil.example"])
async def test_whoever_signs_in_comes_back_to_where_she_was(own: str):
    await make.clerk("Priya", password=PASSWORD)
    async with asgi.client() as client:
        typed = {"name": "Priya", "password": PASSWORD, "next": own}
        answer = await client.post("/sign-in", data=typed)

    assert answer.headers["location"] == own
