"""What is too much, or not what it says it is, is refused everywhere, and breaks us nowhere."""

import gzip
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import httpx
import pytest

from app.catalog.tables import Product
from tests import api, asgi, refused, routes, screen

MEBIBYTE = b"x" * 1024 * 1024
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NUMBERS = ("1" + "0" * 23, "1e9", "-1", "0", "1_0", "+1", "١", "NaN", "", "\x00", "ÿ" * 250, "[]")
NAMES = "page size limit at after before cursor search sku show sort status from to who kind when"


class Sent(NamedTuple):
    """What is sent beside the address, and what may be answered."""

    statuses: set[int]
    headers: Mapping[str, str] | list[tuple[str, str]] = MappingProxyType({})
    content: Any = None
    query: Any = ""
    is_body: bool = False  # only where something may be sent


async def in_pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield MEBIBYTE


def typed(kind: str) -> dict[str, str]:
    return {"Content-Type": kind}


LARGE: dict[str, Callable[[], Sent]] = {
    "an address of 9 KB": lambda: Sent({414}, query="q=" + "x" * 9_000),
    "headers of 40 KB": lambda: Sent({431}, {"X-Large": "x" * 40_000}),
    "a packed body": lambda: Sent({415}, {"Content-Encoding": "gzip"}, gzip.compress(MEBIBYTE)),
    "a body packed twice": lambda: Sent({415}, {"Content-Encoding": "br, gzip"}, b"x"),
    "another charset": lambda: Sent({415}, typed(f"{JSON}; charset=utf-16"), "{}".encode("utf-16")),
    "a charset of none": lambda: Sent({415}, typed(f"{FORM}; charset='nonsense'"), b"a=b"),
    "two content types": lambda: Sent(
        {400}, [("Content-Type", JSON), ("Content-Type", FORM)], b"{}"
    ),
    "10 MB": lambda: Sent({413}, typed(FORM), MEBIBYTE * 10, is_body=True),
    "10 MB in pieces": lambda: Sent({413}, typed(FORM), in_pieces(10), is_body=True),
    "200,000 fields": lambda: Sent({400}, typed(FORM), b"a&" * 100_000, is_body=True),
    "5,000 parts": lambda: Sent(
        {400, 415},
        typed("multipart/form-data; boundary=a"),
        b'--a\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n' * 3_000 + b"--a--",
        is_body=True,
    ),
    "100,000 lists in each other": lambda: Sent(
        {400, 415}, typed(JSON), b"[" * 100_000, is_body=True
    ),
    "lists in a field in each other": lambda: Sent(
        {400, 415}, typed(JSON), b'{"lines":' + b"[" * 100_000, is_body=True
    ),
    "a field twice": lambda: Sent({400}, typed(FORM), b"quantity=1&quantity=2", is_body=True),
    "no text": lambda: Sent({400}, typed(FORM), b"name=%ff%fe", is_body=True),
    "half a letter": lambda: Sent({400}, typed(FORM), b"a=%ED%A0%80", is_body=True),
}


async def answered(make_sent: Callable[[], Sent], shop: routes.Stocked) -> Iterator[Any]:
    """Every address that is not as it should be, and what it answered."""
    wrong = []
    async with asgi.client(raise_app_exceptions=False) as client:
        for route in routes.every():
            sent = make_sent()
            if sent.is_body and route.method == "GET":
                continue
            own = [*shop.headers(route).items(), *dict(sent.headers).items()]
            if isinstance(sent.headers, list):
                own = [*shop.headers(route).items(), *sent.headers]
            answer = await client.request(
                route.method,
                f"{route.address(shop.names)}?{sent.query}",
                headers=own,
                content=sent.content,
            )
            if answer.status_code not in sent.statuses:
                wrong.append((*route, answer.status_code))
    return iter(wrong)


@pytest.mark.parametrize("sent", LARGE.values(), ids=LARGE)
async def test_what_is_too_much_is_refused_at_every_address(
    monkeypatch: pytest.MonkeyPatch, sent: Callable[[], Sent]
):
    shop = await routes.stocked(monkeypatch)
    before = await refused.everything()

    assert list(await answered(sent, shop)) == []
    assert await refused.everything() == before


async def test_no_question_breaks_an_address(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)
    found: Counter[int] = Counter()

    async with asgi.client(raise_app_exceptions=False) as client:
        for route in routes.every():
            if route.method != "GET" or "{" in route.path:
                continue
            for odd in NUMBERS:
                answer = await client.get(
                    route.path,
                    params=dict.fromkeys(NAMES.split(), odd),
                    headers=shop.headers(route),
                )
                assert answer.status_code < 500, (route, odd)
                assert len(answer.content) < 200_000
                found[answer.status_code] += 1

    assert found[200] > 100


async def test_no_name_breaks_an_address(monkeypatch: pytest.MonkeyPatch):
    shop = await routes.stocked(monkeypatch)
    odd = ("0", "-1", "1_0", "+1", "1" * 30, "%D9%A1", "%00", "%ff", "..%2f", "a" * 5_000, "MUG;x")

    async with asgi.client(raise_app_exceptions=False) as client:
        for route in routes.every():
            for name in odd if "{" in route.path else ():
                places = dict.fromkeys(shop.names, name) | {"product": name, "session": name}
                address = route.address({**places, "backorder": name, "operation": name})
                answer = await client.request(
                    route.method, address, headers=shop.headers(route), json={}
                )
                assert answer.status_code < 500, (route, name)


async def test_an_address_that_says_something_twice_is_refused():
    async with screen.clerk() as robin, api.program() as till:
        page = await robin.client.get("/stock?size=10&size=20")
        twice = await till.get("/v1/products?limit=10&limit=20")
        rows = await robin.client.get("/alerts/rows?sku=A&sku=B")

    assert (page.status_code, twice.status_code, rows.status_code) == (400, 400, 200)
    assert "This address says the same thing twice." in page.text
    assert twice.json()["errors"] == [{"field": "limit", "message": "Give it once."}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"sku": "A", "name": "A", "price_cents": 1, "sku": "B"}', "sku"),
        ('{"sku": "A", "name": "A", "price_cents": 1, "id": 7}', "body"),
        ('{"sku": "A", "name": "A", "price_cents": 1, "version": 7}', "body"),
        ('{"sku": "A", "name": "A", "price_cents": 1, "created_at": "2026-01-01"}', "body"),
        ('{"sku": "A", "name": "A", "price_cents": "1"}', "price_cents"),
        ('{"sku": "A", "name": "A", "price_cents": 1.0}', "price_cents"),
        ('{"sku": "A", "name": "A", "price_cents": 1e3}', "price_cents"),
        ('{"sku": "A", "name": "A", "price_cents": true}', "price_cents"),
        ('{"sku": "A", "name": "A", "price_cents": 9223372036854775808}', "price_cents"),
        ('{"sku": "A", "name": "A", "price_cents": NaN}', "body"),
        ('{"sku": ["A"], "name": "A", "price_cents": 1}', "sku"),
        ('{"sku": "A", "name": "A\\u0000", "price_cents": 1}', "name"),
        ('{"sku": "A", "name": "A\\ud800", "price_cents": 1}', "body"),
        ('[{"sku": "A", "name": "A", "price_cents": 1}]', "body"),
        ('\ufeff{"sku": "A", "name": "A", "price_cents": 1}', "body"),
    ],
)
async def test_what_is_not_exactly_a_product_is_none(body: str, field: str):
    async with api.program() as till:
        answer = await till.post("/v1/products", content=body.encode())

    assert (answer.status_code, answer.json()["type"]) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await Product.count() == 0


async def test_what_a_form_says_beside_its_fields_is_not_stored(client: httpx.AsyncClient):
    extra = {"id": "77", "on_hand": "5", "created_at": "2001-01-01", "archived": "1"}
    extra |= {"role": "manager", "user_id": "1", "_method": "DELETE", "version": "9"}

    async with screen.clerk() as robin:
        form = await robin.get("/stock/new")
        await robin.enter(form, "/stock", {"sku": "MUG", "name": "Mug", "price": "1", **extra})
        edit = await robin.get("/stock/MUG/edit")
        await robin.enter(edit, "/stock/MUG", {"name": "Blue mug", **extra, "on_hand": "77"})

    (mug,) = await Product.select()
    assert (mug["id"], mug["name"], mug["archived"]) == (1, "Blue mug", False)


async def test_a_page_of_a_list_is_never_longer_than_200():
    async with api.program() as till:
        most = await till.get("/v1/products?limit=200")
        more = await till.get("/v1/products?limit=201")

    assert (most.status_code, more.status_code) == (200, 400)
