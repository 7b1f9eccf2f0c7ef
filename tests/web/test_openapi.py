"""What /v1 says of itself: whole, true, and without a token."""

import re
from typing import Any

import httpx
import pytest
from litestar import Litestar, get

from app.web.openapi import document
from tests import asgi, screen

CONTRACT = {  # the types of problems that programs may be told
    *("invalid", "not-found", "unknown-product", "sku-taken", "barcode-taken"),
    *("insufficient-stock", "below-reserved", "over-returned", "order-closed", "stale"),
    *("idempotency-mismatch", "unauthenticated", "forbidden", "too-large", "rate-limited", "busy"),
}


async def told(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def operations(said: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in said["paths"].items()
        for method, operation in methods.items()
    ]


async def test_every_address_of_v1_is_described_and_no_other(client: httpx.AsyncClient):
    app = asgi.APP.app  # type: ignore[attr-defined]
    answered = {
        (re.sub(r"\{.+?\}", "{}", route.path), method.lower())
        for route in app.routes
        for handler in route.route_handlers
        for method in handler.http_methods
        if route.path.startswith("/v1/") and method != "OPTIONS"
    }

    said = await told(client)

    described = {(re.sub(r"\{.+?\}", "{}", path), verb) for path, verb, _ in operations(said)}
    assert described == answered - {("/v1/openapi.json", "get"), ("/v1/docs", "get")}
    assert said["openapi"] == "3.1.0"


def test_an_address_that_does_not_say_what_it_does_keeps_the_program_from_starting():
    @get("/v1/secret")
    async def secret() -> str:
        return "never described"

    with pytest.raises(KeyError, match="call"):
        document(Litestar([secret], openapi_config=None, logging_config=None))


async def test_every_name_leads_somewhere(client: httpx.AsyncClient):
    said = await told(client)
    names = set(re.findall(r"'#/components/schemas/(\w+)'", str(said)))

    assert names == set(said["components"]["schemas"])
    ids = [operation["operationId"] for _, _, operation in operations(said)]
    assert len(ids) == len(set(ids))


async def test_whatever_is_refused_is_a_problem_of_the_contract(client: httpx.AsyncClient):
    said = await told(client)
    kinds = set()

    for path, method, operation in operations(said):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (path, method)
                schema = answer["content"]["application/problem+json"]["schema"]
                for one in schema.get("oneOf", [schema]):
                    shape = said["components"]["schemas"][one["$ref"].rsplit("/")[-1]]
                    assert shape["properties"]["status"]["enum"] == [int(status)]
                    kinds |= set(shape["properties"]["type"]["enum"])

    assert kinds <= CONTRACT


async def test_every_post_takes_a_key_and_every_change_a_token_that_may_write(
    client: httpx.AsyncClient,
):
    for path, method, operation in operations(await told(client)):
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        assert ("Idempotency-Key" in headers) == (method == "post"), path
        assert ("422" in operation["responses"]) == (method == "post"), path
        assert operation["security"] == [{"token": ["read" if method == "get" else "write"]}]
        assert ("403" in operation["responses"]) == (method != "get")


async def test_unknown_fields_are_refused_in_every_body(client: httpx.AsyncClient):
    said = await told(client)

    for path, _, operation in operations(said):
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            shape = said["components"]["schemas"][schema["$ref"].rsplit("/")[-1]]
            assert shape["additionalProperties"] is False, path


async def test_the_page_names_every_address_and_every_field_and_needs_nothing_else(
    client: httpx.AsyncClient,
):
    said = await told(client)
    page = screen.Page(await client.get("/v1/docs"))

    page.check()
    for path, method, operation in operations(said):
        assert f"{method.upper()} {path}" in page.words
        assert operation["summary"] in page.words
        assert page.ids[operation["operationId"]] == 1
    for name, shape in said["components"]["schemas"].items():
        assert page.ids[name] == 1
        for field in shape.get("properties", {}):
            assert field in page.words.replace(",", " ").split(), f"{name}.{field}"
    for link in re.findall(r'href="#([^"]+)"', page.html):
        assert page.ids[link] == 1, link
    assert not re.search(r'(?:src|href)="(?!/|#)', page.html), "it works without a network"
