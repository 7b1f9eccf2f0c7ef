"""PATCH of a product: what is given changes, also its SKU and whether it is sold at all."""

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.tables import Scope
from app.catalog import queries as catalog
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock import lists, queries
from app.stock.lists import Status
from app.stock.tables import AdjustmentReason, StockEvent
from tests import api, make

MUG = "/v1/products/MUG"


async def alerts() -> list[str]:
    kinds = await StockEvent.select(StockEvent.kind).order_by(StockEvent.id).output(as_list=True)
    return [kind for kind in kinds if kind in {"low_stock", "restocked"}]


async def test_what_is_given_changes_and_nothing_else():
    await make.product("MUG", name="Blue mug", on_hand=5, price_cents=350, barcodes=("1", "2"))

    async with api.program() as till:
        before = (await till.get(MUG)).json()
        answer = await till.patch(MUG, json={"name": " Sky mug ", "barcodes": ["2", "3"]})
        shown = (await till.get(MUG)).json()

    changed = {"name": "Sky mug", "barcodes": ["2", "3"], "updated_at": shown["updated_at"]}
    assert answer.status_code == 200
    assert answer.json() == shown == {**before, **changed}
    assert shown["updated_at"] > before["updated_at"]


async def test_a_renamed_product_is_found_by_its_new_sku_and_no_longer_by_the_old():
    mug = await make.product("MUG", name="Sky", on_hand=5)

    async with api.program() as till:
        renamed = await till.patch(MUG, json={"sku": "CUP-7"})
        old = await till.get(MUG)
        new = await till.get("/v1/products/cup-7")
        found = {
            text: [
                item["sku"]
                for item in (await till.get(f"/v1/products?search={text}")).json()["items"]
            ]
            for text in ("cup", "mug", "sky")
        }
        sold = await till.post("/v1/orders", json={"lines": [{"sku": "Cup-7", "quantity": 1}]})

    assert (renamed.status_code, renamed.json()["sku"]) == (200, "CUP-7")
    assert (old.status_code, new.status_code, sold.status_code) == (404, 200, 201)
    assert found == {"cup": ["CUP-7"], "mug": [], "sky": ["CUP-7"]}
    assert (await queries.level(mug)).on_hand == 4


async def test_a_sku_may_change_its_case_and_its_old_name_is_free_again():
    await make.product("MUG")

    async with api.program() as till:
        case = await till.patch(MUG, json={"sku": "mug"})
        away = await till.patch(MUG, json={"sku": "CUP"})
        again = await till.post(
            "/v1/products", json={"sku": "MUG", "name": "New", "price_cents": 1}
        )

    assert (case.status_code, case.json()["sku"]) == (200, "mug")
    assert (away.status_code, again.status_code) == (200, 201)


@pytest.mark.parametrize(
    ("wrong", "kind"), [({"sku": "bowl"}, "sku-taken"), ({"barcodes": ["9"]}, "barcode-taken")]
)
async def test_what_is_taken_is_a_409_and_changes_nothing(wrong: dict[str, object], kind: str):
    await make.product("MUG", name="Blue mug", barcodes=("1",))
    await make.product("BOWL", barcodes=("9",))

    async with api.program() as till:
        before = (await till.get(MUG)).json()
        answer = await till.patch(MUG, json={"name": "Never", "reorder_point": 7, **wrong})
        after = (await till.get(MUG)).json()

    assert (answer.status_code, answer.json()["type"]) == (409, kind)
    assert after == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sku": "new"}, "sku"),
        ({"sku": ""}, "sku"),
        ({"sku": None}, "sku"),
        ({"name": " "}, "name"),
        ({"name": "evil \u202e"}, "name"),
        ({"category": "x" * 101}, "category"),
        ({"barcodes": ["ok", "a b"]}, "barcodes[1]"),
        ({"price_cents": -1}, "price_cents"),
        ({"reorder_point": 1_000_001}, "reorder_point"),
        ({"archived": "yes"}, "archived"),
        ({"on_hand": 7}, "body"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_changed(wrong: dict[str, object], field: str):
    await make.product("MUG", name="Blue mug")

    async with api.program() as till:
        before = (await till.get(MUG)).json()
        answer = await till.patch(MUG, json={"price_cents": 1, **wrong})
        after = (await till.get(MUG)).json()

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert after == before


async def test_a_change_of_what_was_read_before_a_colleague_changed_it_is_a_412():
    await make.product("MUG", name="Blue mug", price_cents=350)

    async with api.program() as till:
        read = await till.get(MUG)
        tag = {"If-Match": read.headers["etag"]}
        first = await till.patch(MUG, json={"price_cents": 400}, headers=tag)
        late = await till.patch(MUG, json={"price_cents": 375}, headers=tag)
        again = await till.patch(
            MUG, json={"price_cents": 375}, headers={"If-Match": first.headers["etag"]}
        )

    assert [answer.status_code for answer in (first, late, again)] == [200, 412, 200]
    assert late.json() == {
        "type": "stale",
        "title": "It was changed meanwhile",
        "status": 412,
        "detail": "MUG was changed meanwhile. Nothing was saved; read it again.",
    }
    assert again.json()["price_cents"] == 375
    assert len({answer.headers["etag"] for answer in (read, first, again)}) == 3


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        ({"sku": "CUP"}, True),
        ({"name": "Sky"}, True),
        ({"category": "Kitchen"}, True),
        ({"barcodes": ["1"]}, True),
        ({"price_cents": 1}, True),
        ({"reorder_point": 1}, True),
        ({"archived": True}, True),
        ({}, False),
    ],
)
async def test_a_tag_changes_with_all_that_can_be_edited(change: dict[str, Any], is_other: bool):
    await make.product("MUG", name="Blue mug", price_cents=350)

    async with api.program() as till:
        before = (await till.get(MUG)).headers["etag"]
        after = (await till.patch(MUG, json=change)).headers["etag"]

    assert (before != after) == is_other


async def test_a_sale_in_between_keeps_nobody_from_editing():
    mug = await make.product("MUG", on_hand=5)

    async with api.program() as till:
        tag = (await till.get(MUG)).headers["etag"]
        await stock.adjust(mug, -1, reason=AdjustmentReason.LOST, actor="kim")
        answer = await till.patch(MUG, json={"name": "Sky"}, headers={"If-Match": tag})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("match", "status"),
    [("*", 200), ('"x", {tag}', 200), ('"x"', 412), ("W/{tag}", 412), ("", 412), ("ä", 412)],
)
async def test_if_match_is_read_as_http_has_it(match: str, status: int):
    await make.product("MUG")

    async with api.program() as till:
        tag = (await till.get(MUG)).headers["etag"]
        header = match.format(tag=tag).encode("latin-1")
        answer = await till.patch(MUG, json={"name": "Sky"}, headers=[(b"If-Match", header)])

    assert answer.status_code == status


async def test_an_archived_product_is_neither_listed_nor_sold_and_what_is_held_is_handed_over():
    mug = await make.product("MUG", on_hand=5)
    hold = await orders.place([Wanted("MUG", 2)], actor="kim", expires_in=timedelta(hours=1))

    async with api.program() as till:
        archived = await till.patch(MUG, json={"archived": True})
        listed = (await till.get("/v1/products")).json()["items"]
        sale = await till.post("/v1/orders", json={"lines": [{"sku": "MUG", "quantity": 1}]})
        aside = await till.post("/v1/inventory/MUG/reservations", json={"quantity": 1})
        shown = await till.get(MUG)
        handed_over = await till.post(f"/v1/orders/{hold.id}/completion")

    assert archived.json()["archived"] is True
    assert (listed, shown.status_code) == ([], 200)
    assert (sale.status_code, sale.json()["type"]) == (404, "unknown-product")
    assert (aside.status_code, aside.json()["type"]) == (404, "unknown-product")
    assert handed_over.json()["status"] == "completed"
    assert (await queries.level(mug)).on_hand == 3


async def test_what_is_archived_is_no_alert_and_is_one_again_when_it_is_sold_again():
    mug = await make.product("MUG", on_hand=5, reorder_point=2)
    await stock.adjust(mug, -4, reason=AdjustmentReason.LOST, actor="kim")

    async with api.program() as till:
        await till.patch(MUG, json={"archived": True})
        low = (await till.get("/v1/low-stock")).json()["items"]
        assert await alerts() == ["low_stock", "restocked"]
        await stock.receive(mug, 9, actor="kim")
        await stock.adjust(mug, -9, reason=AdjustmentReason.LOST, actor="kim")
        await till.patch(MUG, json={"reorder_point": 0})
        await till.patch(MUG, json={"reorder_point": 2})
        assert await alerts() == ["low_stock", "restocked"]
        await till.patch(MUG, json={"archived": False})

    assert low == []
    assert await alerts() == ["low_stock", "restocked", "low_stock"]
    assert (await lists.counts(await queries.last_event())).low == 1
    assert [level.sku for level in (await lists.page(status=Status.LOW)).levels] == ["MUG"]


async def test_a_reorder_point_raises_and_clears_the_alert():
    await make.product("MUG", on_hand=5)

    async with api.program() as till:
        raised = (await till.patch(MUG, json={"reorder_point": 5})).json()
        cleared = (await till.patch(MUG, json={"reorder_point": 4})).json()

    assert (raised["is_low"], cleared["is_low"]) == (True, False)
    assert await alerts() == ["low_stock", "restocked"]


async def test_an_unknown_product_cannot_be_changed():
    async with api.program() as till:
        answer = await till.patch("/v1/products/NIX", json={"name": "Never"})

    assert (answer.status_code, answer.json()["type"]) == (404, "not-found")


async def test_to_read_is_not_to_change():
    mug = await make.product("MUG", name="Blue mug")

    async with api.program(Scope.READ) as reader:
        answer = await reader.patch(MUG, json={"name": "Never"})

    assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")
    assert (await catalog.product(mug)).name == "Blue mug"
