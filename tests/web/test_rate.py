"""How often a session or a token may ask, where the shop has said so."""

import pytest
from litestar.exceptions import TooManyRequestsException

from app.web import rate
from app.web.rate import Rate
from tests import api, screen


async def test_whoever_asks_too_often_is_told_to_wait_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("app.asgi.rate", Rate(3))

    async with api.program() as till, api.program() as other:
        told = [await till.get("/v1/products") for _ in range(4)]
        same = await other.get("/v1/products")
    async with screen.clerk() as robin:
        pages = [await robin.client.get("/stock") for _ in range(4)]

    assert [answer.status_code for answer in told] == [200, 200, 200, 429]
    assert [answer.status_code for answer in pages] == [200, 200, 200, 429]
    assert same.status_code == 200
    assert told[3].json()["type"] == "rate-limited"
    assert told[3].headers["content-type"] == "application/problem+json"
    assert 1 <= int(told[3].headers["retry-after"]) <= 60
    assert "This shop answers 3 requests a minute." in pages[3].text


async def test_what_is_refused_for_its_pace_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.asgi.rate", Rate(1))
    mug = {"sku": "MUG", "name": "Mug", "price_cents": 350}

    async with api.program() as till:
        first = await till.get("/v1/products")
        added = await till.post("/v1/products", json=mug)
    monkeypatch.setattr("app.asgi.rate", Rate(None))
    async with api.program() as till:
        found = await till.get("/v1/products/MUG")

    assert (first.status_code, added.status_code, found.status_code) == (200, 429, 404)


def test_the_next_minute_begins_anew(monkeypatch: pytest.MonkeyPatch):
    now = 1_000.0
    monkeypatch.setattr(rate, "monotonic", lambda: now)
    shop = Rate(2)

    for moment in (1_000.0, 1_001.0, 1_060.0, 1_119.9, 1_120.0):
        now = moment
        shop.note("session:7")
    shop.note("session:7")
    with pytest.raises(TooManyRequestsException) as refusal:
        shop.note("session:7")

    assert refusal.value.headers == {"Retry-After": "60"}


def test_without_a_limit_nobody_is_counted():
    shop = Rate(None)

    for _ in range(10_000):
        shop.note("session:7")
