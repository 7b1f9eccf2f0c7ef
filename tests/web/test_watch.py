"""What the log says of a request: enough to find it and to know what became of it, and no more."""

import dataclasses
import logging
from ipaddress import ip_network
from typing import Any

import httpx
import pytest

from app.settings import settings
from app.web import watch
from tests import api, asgi, make, screen

WISH = {"lines": [{"sku": "MUG", "quantity": 2}]}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "onhand")
    return caplog


def said(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines about requests, each as its fields."""
    names = ("method", "route", "status", "action", "result", "actor", "address", "request", "ms")
    return [
        {name: value for name, value in vars(record).items() if name in names}
        for record in log.records
        if record.getMessage() == "request"
    ]


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dataclasses.replace(settings, log_requests=True)
    monkeypatch.setattr(watch, "settings", asked)


@pytest.mark.usefixtures("everything")
async def test_what_a_program_does_is_a_line_with_what_became_of_it(
    log: pytest.LogCaptureFixture,
):
    await make.product("MUG", on_hand=3)

    async with api.program() as till:
        sold = await till.post("/v1/orders", json=WISH, headers={"Idempotency-Key": "one"})
        await till.post("/v1/orders", json=WISH, headers={"Idempotency-Key": "one"})
        await till.post("/v1/orders", json=WISH, headers={"Idempotency-Key": "two"})
        await till.post("/v1/orders", json=WISH, headers={"Idempotency-Key": "two"})
        await till.post("/v1/orders", json={})

    first = said(log)[0]
    assert first.pop("ms") > 0
    assert first == {
        "method": "POST",
        "route": "/v1/orders",
        "status": 201,
        "action": "OrderApi.place",
        "result": "done",
        "actor": "token:1",
        "request": sold.headers["x-request-id"],
    }
    assert [line["result"] for line in said(log)] == [
        "done",
        "replayed",
        "insufficient-stock",
        "replayed",
        "invalid",
    ]


async def test_what_a_program_does_well_stands_in_the_event_log_alone(
    log: pytest.LogCaptureFixture,
):
    await make.product("MUG", on_hand=3)

    async with api.program() as till:
        await till.post("/v1/orders", json=WISH)
        await till.post("/v1/orders", json=WISH)

    assert [(line["status"], line["result"]) for line in said(log)] == [(409, "insufficient-stock")]


async def test_what_a_clerk_is_refused_is_told_by_its_kind_and_the_clerk_by_number(
    log: pytest.LogCaptureFixture,
):
    await make.product("MUG", name="Blue mug", on_hand=3)

    async with screen.clerk("Robin") as robin:
        page = await robin.get("/stock/new")
        taken = {"sku": "mug", "name": "Another", "price": "1.00"}
        await robin.enter(page, "/stock", taken)
        await robin.enter(page, "/stock", {**taken, "sku": ""})

    assert [(line["status"], line["result"], line["actor"]) for line in said(log)] == [
        (409, "sku-taken", "clerk:1"),
        (422, "invalid", "clerk:1"),
    ]
    assert not {"Robin", "Another", "mug"} & set(log.text.split())


async def test_looking_leaves_no_line_unless_it_was_slow(
    log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    async with screen.clerk() as robin:
        await robin.get("/stock")
        await robin.client.get("/nowhere")
        quiet = said(log)
        monkeypatch.setattr(watch, "SLOW", 0.0)
        await robin.get("/stock")

    assert quiet == []
    (slow,) = said(log)
    assert (slow["method"], slow["route"], slow["status"]) == ("GET", "/stock", 200)


@pytest.mark.usefixtures("everything")
async def test_all_are_told_to_who_asks_for_all(log: pytest.LogCaptureFixture):
    async with screen.clerk() as robin:
        await robin.get("/stock?search=secret")
        await robin.client.get("/nowhere/secret")

    assert [(line["route"], line["status"]) for line in said(log)] == [("/stock", 200), ("", 404)]
    assert "secret" not in log.text


async def test_who_is_not_let_in_is_told_with_the_address(log: pytest.LogCaptureFixture):
    async with asgi.client() as somebody:
        await somebody.get("/v1/products")
        await somebody.get("/metrics")
        await somebody.post("/sign-in", data={"name": "Robin", "password": "guessed"})

    assert [(line["status"], line["address"], line.get("result")) for line in said(log)] == [
        (401, "127.0.0.1", None),
        (401, "127.0.0.1", None),
        (422, "127.0.0.1", "invalid"),
    ]


async def test_behind_our_proxy_it_is_the_address_of_whoever_asked_the_proxy(
    log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    behind = dataclasses.replace(settings, trusted_proxy=(ip_network("127.0.0.1"),))
    monkeypatch.setattr("app.web.client.settings", behind)

    async with asgi.client() as somebody:
        await somebody.get("/v1/products", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.9"})

    assert [line["address"] for line in said(log)] == ["203.0.113.9"]


async def test_a_failure_is_shown_with_the_number_by_which_its_line_is_found(
    log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    async def broken(_: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("app.accounts.queries.invitation", broken)
    async with asgi.client(raise_app_exceptions=False) as client:
        page = await client.get("/welcome/code", headers={"X-Request-ID": "forged"})
        toast = await client.get("/welcome/code", headers={"HX-Request-Type": "partial"})

    of_page, of_toast = page.headers["x-request-id"], toast.headers["x-request-id"]
    assert f"reference <b>{of_page}</b>" in page.text
    assert f"Reference {of_toast}" in toast.text
    errors = [record for record in log.records if record.levelname == "ERROR"]
    assert [vars(record)["request"] for record in errors] == [of_page, of_toast]
    assert all(record.exc_info for record in errors)
    assert {vars(record)["route"] for record in errors} == {"/welcome/{code}"}
    assert "/welcome/code" not in log.text


async def test_what_nobody_answers_any_more_is_answered_by_the_last_resort(
    client: httpx.AsyncClient, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    async def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(asgi.APP, "app", broken)
    answer = await client.get("/stock")

    assert (answer.status_code, answer.text) == (
        500,
        "Something broke on our side. Nothing was saved.",
    )
    assert "content-security-policy" in answer.headers
    (error,) = [record for record in log.records if record.levelname == "ERROR"]
    assert vars(error)["request"] == answer.headers["x-request-id"]
