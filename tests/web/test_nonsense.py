"""What a client can send that means nothing: it is refused in a sentence, and never breaks us."""

import base64

import httpx
import msgspec
import pytest

from app.catalog.tables import Product
from tests import api, make, screen

FOREIGN_HOSTS = ["evil.example", "evil.example:8000", "127.0.0.1@evil.example"]


def cursor(*place: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


@pytest.mark.parametrize(
    "host", ["[x", "[::1", "127.0.0.1:abc", "127.0.0.1:99999999", "½", "", *FOREIGN_HOSTS]
)
async def test_a_host_that_is_not_the_shops_is_told_so_in_a_sentence(
    client: httpx.AsyncClient, host: str
):
    answer = await client.get("/stock", headers={b"Host": host.encode("latin-1")})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("The shop does not answer to this name.")
    assert "ONHAND_BASE_URL" in answer.text


async def test_an_origin_that_is_no_address_is_another_site(client: httpx.AsyncClient):
    for origin in ("http://[", "null", "", "http://127.0.0.1@evil.example", "http://\xff"):
        headers = {b"Origin": origin.encode("latin-1")}
        answer = await client.post("/sign-in", data={"name": "Priya"}, headers=headers)

        assert answer.status_code == 403
        assert "This form was sent from another site." in answer.text


@pytest.mark.parametrize("token", ["x.é", "é.x", "é", ".", "x" * 9_000])
async def test_a_token_of_any_letters_is_refused_and_changes_nothing(token: str):
    async with screen.clerk() as robin:
        form = await robin.client.post("/stock", data={"sku": "MUG", "csrf_token": token})
        header = {b"X-CSRF-Token": token.encode("latin-1")}
        htmx = await robin.client.post("/stock", data={"sku": "MUG"}, headers=header)

    for answer in (form, htmx):
        assert answer.status_code == 403
        assert "This page is too old. Load it again, then try once more." in answer.text
    assert await Product.count() == 0


async def test_a_form_of_bytes_that_are_no_text_is_refused(client: httpx.AsyncClient):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = await client.post("/sign-in", content=b"name=\xff\xfe", headers=headers)

    assert answer.status_code == 400
    assert "This form cannot be read." in answer.text


FOREIGN_PLACES = [
    cursor("name", False, "mug", 1 << 63),
    cursor("name", False, "mug", 1 << 70),
    cursor("name", False, "mug", -1),
    cursor("name", False, 3, 1),
    cursor("available", False, "mug", 1),
    cursor("available", False, 1 << 70, 1),
    cursor("taste", False, "mug", 1),
]


@pytest.mark.parametrize("place", FOREIGN_PLACES)
async def test_a_cursor_that_we_have_not_given_out_is_a_400(place: str):
    async with api.program() as till:
        answer = await till.get("/v1/products", params={"cursor": place})

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "cursor", "message": "This is not a place in the list."}
    ]


@pytest.mark.parametrize("place", FOREIGN_PLACES)
@pytest.mark.parametrize("sort", ["name", "available"])
async def test_a_page_at_such_a_place_is_the_first(place: str, sort: str):
    await make.product("MUG", name="Blue mug")

    async with screen.clerk() as robin:
        page = await robin.get(f"/stock?sort={sort}&at={place}")

    assert (page.status, "Blue mug" in page.words) == (200, True)


async def test_what_is_too_busy_says_so_and_when_to_come_back(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.live.seats.MOST_STREAMS", 0)

    async with screen.clerk() as robin:
        answer = await robin.client.get("/live")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "Too many are listening." in answer.text
