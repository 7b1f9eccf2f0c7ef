"""What holds for every answer, whatever it is."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from app.database import DB
from app.stock import queries
from tests import api, make, screen, shops

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'"
)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sign-in", 200),
        ("/stock", 303),
        ("/nowhere", 404),
        ("/v1/nowhere", 404),
        ("/v1/products", 401),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/static/onhand.css", 200),
        ("/static/nothing.css", 404),
        ("/static/../pyproject.toml", 404),
        ("/static/%00", 404),
        ("/static/" + "x" * 5000, 404),
        ("/welcome/unknown", 404),
    ],
)
async def test_every_answer_has_the_security_headers_and_an_id(
    client: httpx.AsyncClient, address: str, status: int
):
    answer = await client.get(address)

    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert len(answer.headers["x-request-id"]) == 8
    assert "access-control-allow-origin" not in answer.headers


async def test_a_private_page_is_kept_by_nobody(client: httpx.AsyncClient):
    assert (await client.get("/sign-in")).headers["cache-control"] == "no-store"


async def test_a_browser_file_is_kept_for_ever_under_the_address_pages_use(
    client: httpx.AsyncClient,
):
    page = (await client.get("/sign-in")).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    answer = await client.get(address)
    known = await client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert known.status_code == 304
    assert plain.content == answer.content
    assert b"@layer reset, tokens, base, layout, components, utilities;" in plain.content


async def test_a_page_is_compressed_for_those_who_can_read_it(client: httpx.AsyncClient):
    plain = await client.get("/sign-in", headers={"Accept-Encoding": "identity"})
    raw = client.build_request("GET", "/sign-in", headers={"Accept-Encoding": "gzip"})
    answer = await client.send(raw, stream=True)
    packed = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed) == plain.content


async def test_headers_that_are_too_large_are_refused(client: httpx.AsyncClient):
    assert (await client.get("/", headers={"X-Large": "x" * 40_000})).status_code == 431


async def test_a_form_that_is_too_large_changes_nothing():
    async with screen.clerk() as robin:
        form = await robin.get("/stock/new")
        token = form.typed("/stock", "csrf_token")
        answer = await robin.client.post(
            "/stock", data={"csrf_token": token, "sku": "MUG", "name": "x" * 300_000}
        )

    assert answer.status_code == 413
    assert "That is too much at once." in answer.text


async def test_a_bug_is_one_sentence_with_a_reference_and_no_traceback(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(_: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("app.accounts.queries.invitation", broken)
    answer = await client.get("/welcome/code")

    assert answer.status_code == 500
    assert "Something broke on our side. Nothing was saved." in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


async def test_a_bug_behind_v1_is_a_problem(monkeypatch: pytest.MonkeyPatch):
    async def broken(_: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queries, "level_by_sku", broken)
    async with api.program() as till:
        till._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        answer = await till.get("/v1/inventory/mug")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Something broke on our side. Nothing was saved."


async def test_a_busy_shop_says_so_and_when_to_come_back(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    await make.product("MUG", on_hand=5)
    monkeypatch.setattr("app.database.writer.PATIENCE", 0.0)

    async with api.program() as till:
        with shops.locked(shop):
            answer = await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 1}]})
        again = await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 1}]})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["type"] == "busy"
    assert again.status_code == 201


async def test_a_bug_in_a_query_is_no_busy_shop(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(_: str) -> None:
        await DB.fetch("SELECT colour FROM product")

    monkeypatch.setattr(queries, "level_by_sku", broken)
    async with api.program() as till:
        till._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        answer = await till.get("/v1/inventory/mug")

    assert answer.status_code == 500
    assert "retry-after" not in answer.headers
    assert answer.json()["detail"] == "Something broke on our side. Nothing was saved."
    assert re.search('no such column: colour|column "colour" does not exist', caplog.text)


@pytest.mark.parametrize("address", ["/v1", "/v1/", "/v1/nowhere"])
async def test_a_program_is_told_a_problem_wherever_it_errs(
    client: httpx.AsyncClient, address: str
):
    answer = await client.get(address)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such address.",
    }


async def test_what_an_address_does_not_do_is_a_405_that_names_what_it_does():
    async with api.program() as till:
        answer = await till.put("/v1/products", json={})

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"GET", "POST"} <= set(answer.headers["allow"].replace(",", " ").split())
    assert answer.json()["detail"] == (
        "This address does not answer that method; Allow says which it does."
    )


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("/v1/products", {"GET", "POST", "OPTIONS"}),
        ("/v1/products/MUG", {"GET", "PATCH", "OPTIONS"}),
        ("/v1/orders/7/completion", {"POST", "OPTIONS"}),
        ("/v1/openapi.json", {"GET", "OPTIONS"}),
    ],
)
async def test_an_address_that_is_asked_what_it_allows_names_everything(
    client: httpx.AsyncClient, address: str, methods: set[str]
):
    answer = await client.options(address)

    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == methods
    assert "content-type" not in answer.headers


async def test_nowhere_allows_nothing(client: httpx.AsyncClient):
    answer = await client.options("/v1/nowhere")

    assert answer.status_code == 404
    assert "allow" not in answer.headers
    assert len(answer.content) == int(answer.headers["content-length"])


async def test_a_failure_is_a_page_of_one_kind(client: httpx.AsyncClient):
    answer = await client.get("/nowhere")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/sign-in", "/static/onhand.css"])
async def test_who_asks_for_the_head_only_gets_no_body(client: httpx.AsyncClient, address: str):
    head = await client.head(address)
    whole = await client.get(address)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


async def test_text_comes_back_as_it_was_and_does_nothing():
    evil = """'"><script>alert(1)</script><b hx-get=/x> {{7*7}} {% raw %} %_\\"""
    await make.product("EVIL", name=evil, on_hand=1)

    async with screen.clerk() as robin:
        pages = [
            await robin.get("/stock"),
            await robin.get("/stock/EVIL"),
            await robin.get("/stock?search=" + "'%22><script>alert(1)</script>"),
            await robin.enter(await robin.get("/counter"), "/counter/lines", {"search": "EVIL"}),
        ]

    for page in pages:
        assert "<script>alert" not in page.html
        assert "<b hx-get" not in page.html
    assert evil in pages[0].words
    assert evil in pages[3].words
