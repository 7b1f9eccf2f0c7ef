"""The rules of the contract for keys, over every address of /v1 that takes one."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import httpx
import pytest

from app.accounts.tables import Scope
from app.idempotency.tables import Answer
from app.orders.tables import Order
from app.stock.tables import StockEvent
from tests import api, asgi, make

Body = dict[str, Any]
ONE = {"lines": [{"sku": "MUG", "quantity": 1}]}
BACK = {"lines": [{"sku": "MUG", "quantity": 1, "condition": "shelf"}]}
TOO_MANY_BACK = {"lines": [{"sku": "MUG", "quantity": 9, "condition": "shelf"}]}


class Post(NamedTuple):
    """One address: what it answers, what it is refused with, what it cannot understand."""

    path: str
    body: Body
    status: int
    conflict: Body | None = None  # a body, or None where the second time is one
    absent: tuple[str, Body] | None = None  # an address and a body that find nothing
    is_sale: bool = False  # the order in the address is a sale and no hold


POSTS = [
    Post(
        "/v1/products",
        {"sku": "NEW-1", "name": "New", "price_cents": 1},
        201,
        {"sku": "mug", "name": "Taken", "price_cents": 1},
    ),
    Post(
        "/v1/orders",
        ONE,
        201,
        {"lines": [{"sku": "MUG", "quantity": 99}]},
        ("/v1/orders", {"lines": [{"sku": "NIX", "quantity": 1}]}),
    ),
    Post("/v1/orders/{id}/completion", {}, 200, absent=("/v1/orders/99/completion", {})),
    Post("/v1/orders/{id}/cancellation", {}, 200, absent=("/v1/orders/99/cancellation", {})),
    Post(
        "/v1/orders/{id}/extension",
        {"expires_in": 90},
        200,
        absent=("/v1/orders/x/extension", {"expires_in": 90}),
    ),
    Post(
        "/v1/orders/{id}/returns",
        BACK,
        201,
        TOO_MANY_BACK,
        ("/v1/orders/99/returns", BACK),
        is_sale=True,
    ),
    Post(
        "/v1/inventory/{sku}/reservations",
        {"quantity": 1},
        201,
        {"quantity": 99},
        ("/v1/inventory/NIX/reservations", {"quantity": 1}),
    ),
    Post(
        "/v1/reservations/{id}/release",
        {"quantity": 1},
        200,
        {"quantity": 99},
        ("/v1/reservations/99/release", {"quantity": 1}),
    ),
    Post(
        "/v1/inventory/{sku}/adjustments",
        {"change": -1, "reason": "lost"},
        201,
        {"change": -99, "reason": "lost"},
        ("/v1/inventory/NIX/adjustments", {"change": -1, "reason": "lost"}),
    ),
    Post(
        "/v1/inventory/{sku}/receipts",
        {"quantity": 1},
        201,
        absent=("/v1/inventory/NIX/receipts", {"quantity": 1}),
    ),
    Post(
        "/v1/inventory/{sku}/counts",
        {"counted": 8},
        201,
        {"counted": 0},
        ("/v1/inventory/NIX/counts", {"counted": 8}),
    ),
]
each_post = pytest.mark.parametrize("post", POSTS, ids=lambda post: post.path)


class Till(NamedTuple):
    """A program, and the order it speaks of."""

    client: httpx.AsyncClient
    address: str

    async def post(self, body: Body, key: str = "key", address: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return await self.client.post(address or self.address, json=body, headers=headers)


async def in_shop(post: Post, check: Callable[[Till], Awaitable[None]]) -> None:
    """A shop of one product, ten of it, three held or sold, and a program with a token."""
    await make.product("MUG", on_hand=10)
    async with api.program() as client:
        lines = {"lines": [{"sku": "MUG", "quantity": 3}]}
        hold = {} if post.is_sale else {"expires_in": 60}
        order = (await client.post("/v1/orders", json={**lines, **hold})).json()
        await check(Till(client, post.path.format(id=order["id"], sku="MUG")))


async def traces() -> tuple[int, int, int]:
    return await StockEvent.count(), await Order.count(), await Answer.count()


def test_no_post_of_v1_is_forgotten():
    app = asgi.APP.app  # type: ignore[attr-defined]
    shape = re.compile(r"\{.+?\}")
    answered = {
        shape.sub("{}", route.path)
        for route in app.routes
        for handler in route.route_handlers
        if route.path.startswith("/v1/") and "POST" in handler.http_methods
    }

    assert {shape.sub("{}", post.path) for post in POSTS} == answered


@each_post
async def test_the_same_again_is_answered_the_same_and_acts_once(post: Post):
    async def check(till: Till) -> None:
        first = await till.post(post.body)
        done = await traces()
        again = await till.post(post.body)

        assert first.status_code == again.status_code == post.status
        assert again.content == first.content
        assert again.headers["content-type"] == first.headers["content-type"]
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers
        assert again.headers.get("location") == first.headers.get("location")
        assert await traces() == done

    await in_shop(post, check)


@each_post
async def test_the_same_key_with_another_body_is_a_422_and_acts_not_at_all(post: Post):
    async def check(till: Till) -> None:
        await till.post(post.body)
        done = await traces()
        other = await till.client.post(
            till.address,
            content=json.dumps(post.body).encode() + b" ",
            headers={"Idempotency-Key": "key"},
        )

        assert (other.status_code, other.json()["type"]) == (422, "idempotency-mismatch")
        assert await traces() == done

    await in_shop(post, check)


@each_post
async def test_a_refusal_is_kept_as_an_answer(post: Post):
    async def check(till: Till) -> None:
        body = post.body if post.conflict is None else post.conflict
        if post.conflict is None and post.path.endswith(
            ("completion", "cancellation", "extension")
        ):
            await till.client.post(till.address.rsplit("/", 1)[0] + "/cancellation")
        elif post.conflict is None:
            return  # a delivery is refused by nobody
        first = await till.post(body)
        done = await traces()
        again = await till.post(body)

        assert first.status_code == again.status_code == 409
        assert again.content == first.content
        assert again.headers["content-type"] == "application/problem+json"
        assert again.headers["idempotency-replayed"] == "true"
        assert await traces() == done

    await in_shop(post, check)


@each_post
async def test_what_was_not_there_is_kept_as_an_answer(post: Post):
    if post.absent is None:
        return  # a new product names nothing that could be absent
    address, body = post.absent

    async def check(till: Till) -> None:
        first = await till.post(body, address=address)
        again = await till.post(body, address=address)

        assert first.status_code == again.status_code == 404
        assert again.content == first.content
        assert again.headers["idempotency-replayed"] == "true"
        assert await Answer.count() == 1

    await in_shop(post, check)


@each_post
async def test_a_mistake_is_not_kept_and_the_key_may_be_used_again(post: Post):
    async def check(till: Till) -> None:
        wrong = await till.post({**post.body, "colour": "blue"})
        kept = await Answer.count()
        right = await till.post(post.body)

        assert (wrong.status_code, wrong.json()["type"], kept) == (400, "invalid", 0)
        assert right.status_code == post.status
        assert "idempotency-replayed" not in right.headers

    await in_shop(post, check)


@each_post
@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "\x7f", "k" * 256])
async def test_a_key_that_cannot_be_is_a_400_and_acts_not_at_all(post: Post, key: str):
    async def check(till: Till) -> None:
        before = await traces()
        answer = await till.client.post(
            till.address, json=post.body, headers=[(b"Idempotency-Key", key.encode())]
        )

        assert (answer.status_code, answer.json()["type"]) == (400, "invalid")
        assert await traces() == before

    await in_shop(post, check)


@each_post
async def test_who_may_not_is_refused_before_a_key_counts(post: Post):
    async def check(till: Till) -> None:
        before = await traces()
        headers = {"Idempotency-Key": "key"}
        async with api.program(Scope.READ) as reader:
            forbidden = await reader.post(till.address, json=post.body, headers=headers)
        async with asgi.client() as nobody:
            unknown = await nobody.post(till.address, json=post.body, headers=headers)

        assert (forbidden.status_code, unknown.status_code) == (403, 401)
        assert await traces() == before

    await in_shop(post, check)


@each_post
async def test_the_second_waits_for_the_first_and_is_answered_the_same(post: Post):
    async def check(till: Till) -> None:
        answers = await asyncio.gather(*(till.post(post.body) for _ in range(5)))

        assert {answer.status_code for answer in answers} == {post.status}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotency-replayed" in answer.headers for answer in answers) == 4
        assert await Answer.count() == 1

    await in_shop(post, check)


@each_post
async def test_what_breaks_is_not_kept(post: Post, monkeypatch: pytest.MonkeyPatch):
    async def check(till: Till) -> None:
        till.client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        before = await traces()
        with monkeypatch.context() as patch:
            patch.setattr("app.clock.now", _broken)
            broken = await till.post(post.body)
        assert (broken.status_code, broken.json()["status"]) == (500, 500)
        assert await traces() == before

        mended = await till.post(post.body)
        assert mended.status_code == post.status

    await in_shop(post, check)


def _broken() -> None:
    raise RuntimeError("no clock")
