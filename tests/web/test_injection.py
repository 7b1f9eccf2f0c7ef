"""Whatever text is written into any field comes out of every address as it was, and does nothing.

A shop is filled with one text in every field that takes text. What it shows is compared with what
the same shop shows that is filled with a harmless text: the same elements with the same attributes
in the same order, and the text as often. So nothing of it was markup, and nothing of it was lost.
"""

import csv
import io
import json
import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from app.live import hub as live
from app.live.place import Place
from app.web.spreadsheet import as_it_was
from tests import api, asgi, hostile, make, refused, routes, screen
from tests.hostile import HARMLESS, REFUSED, TEXTS, shop_of

SKIPPED = {"/static/{name:path}", "/healthz", "/readyz", "/v1/openapi.json", "/v1/docs"}


def short(text: str) -> str:
    return ascii(text)[1:25]


LATER = [pytest.param(text, marks=pytest.mark.fault) for text in TEXTS[4:]]  # a second each


class Seen(NamedTuple):
    """What one answer is made of, and how often the text is in it."""

    status: int
    shape: tuple[Any, ...]
    times: int


class Markup(HTMLParser):
    """Elements with the names of their attributes; and everything that people can read of them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[Any] = []
        self.texts: list[str] = [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *(name for name, _ in attributes)))
        self.texts += [value for _, value in attributes if value]
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"/{tag}")
        self.texts.append("")

    def handle_comment(self, data: str) -> None:
        self.shape.append(f"comment {data}")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


def as_html(html: str, text: str, status: int = 200) -> Seen:
    found = Markup(html)
    return Seen(status, tuple(found.shape), sum(one.count(text) for one in found.texts))


def seen(answer: httpx.Response, text: str) -> Seen:
    """The answer by its kind; the headers are a place for text as well."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert text not in str(answer.headers.multi_items()) or text == "-1"
    if kind == "text/html":
        return as_html(answer.text, text, answer.status_code)
    if kind == "text/csv":
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
        shape = tuple(len(row) for row in rows)
        return Seen(answer.status_code, shape, sum(as_it_was(cell) == text for cell in cells))
    if kind.endswith("json"):
        values = list(leaves(json.loads(answer.text)))
        return Seen(answer.status_code, (len(values),), values.count(text))
    return Seen(answer.status_code, (kind,), 0)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)
    else:
        yield value


async def shown(text: str) -> dict[str, Seen]:
    """All that the shop shows: every address, as a page and as a piece of one, and the stream."""
    shop = await shop_of(text)
    found = {}
    async with asgi.client() as client:
        for route in routes.every():
            if route.method == "GET" and route.path not in SKIPPED:
                for piece in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                    client.cookies.clear()
                    headers = {**shop.headers(route), **piece}
                    answer = await client.get(route.address(shop.names), headers=headers)
                    found[f"{route.path} {len(piece)}"] = seen(answer, text)
    changes = await live.render_changes(Place(0), await Place.now())
    lines = changes.content.decode().splitlines()
    assert {line.partition(":")[0] for line in lines} == {"id", "event", "data", ""}
    html = "\n".join(line[6:] for line in lines if line.startswith("data: "))
    return {**found, "the stream": as_html(html, text)}


@pytest.fixture(autouse=True)
def _streams_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.hub, "_is_closing", True)


@pytest.fixture(scope="module")
def harmless(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What the others are compared with."""
    found: dict[str, Seen] = {}

    async def look() -> None:
        found.update(await shown(HARMLESS))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live.hub, "_is_closing", True)
        make.copy_with(look, empty_shop, tmp_path_factory.mktemp("harmless"))
    return found


def test_a_harmless_text_is_seen_in_many_places(harmless: dict[str, Seen]):
    places = {name for name, what in harmless.items() if what.times}
    assert len(places) > 60
    assert {"the stream", "/activity/export 0", "/orders/export 0", "/v1/events 0"} <= places


@pytest.mark.parametrize("text", [*TEXTS[:4], *LATER], ids=short)
async def test_a_text_that_would_do_something_is_shown_and_does_nothing(
    harmless: dict[str, Seen], text: str
):
    found = await shown(text)

    cells = {name: what for name, what in found.items() if harmless[name].times}
    assert {n: s.status for n, s in found.items()} == {n: s.status for n, s in harmless.items()}
    changed = [name for name in found if found[name].shape != harmless[name].shape]
    lost = [n for n in cells if found[n].times < harmless[n].times]
    assert (changed, lost) == ([], [])


@pytest.mark.parametrize("text", REFUSED, ids=short)
async def test_a_text_that_cannot_be_shown_is_refused_in_every_field(
    text: str, caplog: pytest.LogCaptureFixture
):
    await shop_of(HARMLESS)
    before = await refused.everything()

    async with api.program() as till, screen.clerk("Robin") as robin:
        for address, body in {
            "/v1/products": {"sku": "A", "name": text, "price_cents": 1},
            "/v1/products/": {"sku": "A", "name": "A", "category": text, "price_cents": 1},
            "/v1/orders": {"lines": [{"sku": "MUG", "quantity": 1}], "reference": text},
            "/v1/orders/": {"lines": [{"sku": "MUG", "quantity": 1}], "customer": text},
            "/v1/inventory/MUG/receipts": {"quantity": 1, "note": text},
            "/v1/inventory/MUG/adjustments": {"change": 1, "reason": "found", "note": text},
        }.items():
            told = await till.post(address, json=body)
            assert (told.status_code, told.json()["type"]) == (400, "invalid"), address
        with caplog.at_level(logging.DEBUG, "onhand"):
            form = await robin.get("/stock/new")
            page = await robin.enter(form, "/stock", {"sku": "A", "name": text, "price": "1"})

    assert page.status == 422
    assert await refused.everything() == before
    assert text not in caplog.text
    assert set(caplog.messages) <= {"request"}


@pytest.mark.parametrize("text", [*TEXTS[:4], *LATER], ids=short)
async def test_what_is_asked_for_comes_back_as_it_was_typed_and_does_nothing(text: str):
    asked = "/stock?search= /orders?search= /activity?search= /activity?who= /counter/hits?search= "
    asked += "/sign-in?next= /counts/new?choice= /stock?sort= /stock?at= /activity?from= /stock/x"
    async with screen.clerk("Robin") as robin:
        for address in asked.split():
            place, _, name = address.rstrip("=").partition("?")
            answer = await robin.client.get(place, params={name or "x": text})
            harmless = await robin.client.get(place, params={name or "x": "zzzz"})
            kinds = set(as_html(answer.text, text).shape)
            assert kinds <= set(as_html(harmless.text, "").shape)
        form = await robin.get("/stock/new")
        page = await robin.enter(form, "/stock", {"sku": text, "name": text, "price": text})

    assert page.status == 422
    assert page.typed("/stock", "name") == text
    assert page.typed("/stock", "sku") == text


async def test_a_percent_sign_finds_percent_signs_only():
    await shop_of("%_\\ mug")

    async with api.program() as till:
        found = [
            len((await till.get("/v1/products", params={"search": text})).json()["items"])
            for text in ("%", "_", "mug", "m_g", "m%g")
        ]

    assert found[2:] == [1, 0, 0]
    assert hostile.HARMLESS not in str(found)
