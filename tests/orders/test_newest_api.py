"""Orders as a list: the newest first, cut by status and reference, and never a draft."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app import clock
from app.database import DB
from app.orders import actions as orders
from app.orders import newest
from app.orders.actions import Wanted
from app.orders.tables import OrderStatus
from tests import api, make


async def listed(till: httpx.AsyncClient, **params: str) -> list[int]:
    answer = await till.get("/v1/orders", params=params)
    assert answer.status_code == 200
    return [order["id"] for order in answer.json()["items"]]


async def place(*, hold: bool = False, **more: Any) -> int:
    lasts = timedelta(seconds=60) if hold else None
    placed = await orders.place([Wanted("MUG", 1)], actor="kim", expires_in=lasts, **more)
    return placed.id


async def test_orders_are_turned_page_by_page_the_newest_first():
    await make.product("MUG", on_hand=50)
    placed = [await place() for _ in range(7)]
    pages: list[list[int]] = []
    cursor: str | None = ""

    async with api.program() as till:
        while cursor is not None:
            page = (await till.get("/v1/orders", params={"limit": "3", "cursor": cursor})).json()
            pages.append([order["id"] for order in page["items"]])
            cursor = page["next_cursor"]
            await place()  # what comes meanwhile is on no later page

    assert pages == [placed[:3:-1], placed[3:0:-1], placed[:1]]


async def test_an_order_in_the_list_is_the_order_as_it_is_shown():
    await make.product("MUG", on_hand=50)
    order = await place(reference="web 17", customer="Anna")

    async with api.program() as till:
        (item,) = (await till.get("/v1/orders")).json()["items"]
        shown = (await till.get(f"/v1/orders/{order}")).json()

    assert item == shown


async def test_orders_are_cut_by_status_and_a_hold_that_is_over_is_expired_though_nobody_swept():
    mug = await make.product("MUG", on_hand=50)
    robin = await make.clerk()
    await orders.scan(mug, clerk=robin, actor="Robin")
    then = clock.now() - timedelta(minutes=5)
    with clock.at(then):
        swept = await place(hold=True)
    await orders.expire_due()
    with clock.at(then):
        over = await place(hold=True)
    held, sold, cancelled = await place(hold=True), await place(), await place()
    await orders.cancel(cancelled, actor="kim")

    async with api.program() as till:
        found = {
            status: await listed(till, status=status) for status in OrderStatus if status != "draft"
        }
        everything = await listed(till)

    assert found == {
        "open": [held],
        "completed": [sold],
        "cancelled": [cancelled],
        "expired": [over, swept],
    }
    assert everything == [cancelled, sold, held, over, swept]


async def test_orders_are_found_by_what_the_outside_calls_them():
    await make.product("MUG", on_hand=50)
    first = await place(reference="web 17")
    await place(reference="web 18")
    await place()
    with clock.at(clock.now() - timedelta(minutes=5)):
        over = await place(hold=True, reference="web 17")

    async with api.program() as till:
        assert await listed(till, reference="web 17") == [over, first]
        assert await listed(till, reference="web 17", status="completed") == [first]
        assert await listed(till, reference="web 17", status="expired") == [over]
        assert await listed(till, reference="web 17", status="open") == []
        assert await listed(till, reference="web") == []
        assert len(await listed(till, reference="")) == 4


@pytest.mark.parametrize(
    "query",
    [
        *("status=draft", "status=blue", "status=open&status=completed", "limit=0", "limit=5.0"),
        *("limit=1e2", "limit=", "cursor=x", "cursor=YmVmb3JlIDA=", "cursor=%C3%A9"),
    ],
)
async def test_a_list_that_cannot_be_asked_for_is_a_400(query: str):
    async with api.program() as till:
        answer = await till.get(f"/v1/orders?{query}")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("status", list(OrderStatus)[1:])
@pytest.mark.sqlite
async def test_no_list_looks_at_every_order(status: OrderStatus):
    for query, index in (
        (newest._NEWEST[status], "orders_no_sale"),
        (newest._REFERENCED, "orders_reference"),
    ):
        sql, values, _ = query._compiled
        given = [1 if isinstance(value, int) else str(value) for value in values]

        plan = [row[3] for row in await DB.fetch(f"EXPLAIN QUERY PLAN {sql}", given)]

        assert not [step for step in plan if step.startswith("SCAN orders")], plan
        if (status, index) != (OrderStatus.COMPLETED, "orders_no_sale"):  # most are completed
            assert any(index in step for step in plan), plan
