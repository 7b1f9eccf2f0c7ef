"""Products and levels for programs."""

import pytest

from app.catalog.tables import Product
from tests import api, make

MUG = {
    "sku": "MUG-BLUE",
    "name": "Blue mug",
    "price_cents": 350,
    "category": "Kitchen",
    "barcodes": ["5012345678900"],
    "reorder_point": 2,
    "on_hand": 5,
}


async def test_a_product_is_added_and_found():
    async with api.program() as till:
        added = await till.post("/v1/products", json=MUG)
        shown = await till.get(added.headers["location"])
        found = await till.get("/v1/products", params={"search": "mug"})

    assert added.status_code == 201
    told = added.json()
    assert {name: told[name] for name in MUG} == MUG
    assert (told["reserved"], told["available"], told["is_low"], told["is_out"]) == (
        0,
        5,
        False,
        False,
    )
    assert told["archived"] is False
    assert shown.json() == told
    assert found.json() == {"items": [told], "next_cursor": None}


async def test_a_taken_sku_or_barcode_is_a_409_and_adds_nothing():
    async with api.program() as till:
        await till.post("/v1/products", json=MUG)
        sku = await till.post("/v1/products", json={**MUG, "sku": "mug-BLUE", "barcodes": []})
        barcode = await till.post("/v1/products", json={**MUG, "sku": "OTHER"})

    assert (sku.status_code, sku.json()["type"]) == (409, "sku-taken")
    assert (barcode.status_code, barcode.json()["type"]) == (409, "barcode-taken")
    assert await Product.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sku": "rows"}, "sku"),
        ({"sku": "NEW"}, "sku"),
        ({"sku": "a b"}, "sku"),
        ({"sku": "x" * 65}, "sku"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "evil \u202e name"}, "name"),
        ({"price_cents": -1}, "price_cents"),
        ({"price_cents": 100_000_000_001}, "price_cents"),
        ({"price_cents": 1.5}, "price_cents"),
        ({"on_hand": -1}, "on_hand"),
        ({"on_hand": 1_000_001}, "on_hand"),
        ({"reorder_point": 1_000_001}, "reorder_point"),
        ({"barcodes": ["ok", "a b"]}, "barcodes[1]"),
        ({"id": 7}, "body"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_added(wrong: dict[str, object], field: str):
    async with api.program() as till:
        answer = await till.post("/v1/products", json={**MUG, **wrong})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await Product.count() == 0


async def test_the_list_is_turned_page_by_page_with_its_cursor():
    for number in range(5):
        await make.product(f"MUG-{number}", name=f"Mug {number}", on_hand=number)
    seen: list[str] = []
    cursor: str | None = ""

    async with api.program() as till:
        while cursor is not None:
            params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
            page = (await till.get("/v1/products", params=params)).json()
            seen += [item["sku"] for item in page["items"]]
            cursor = page["next_cursor"]

    assert seen == [f"MUG-{number}" for number in range(5)]


async def test_the_list_is_cut_by_status():
    await make.product("OUT", on_hand=0)
    await make.product("LOW", on_hand=1, reorder_point=1)
    await make.product("FULL", on_hand=9, reorder_point=1)

    async with api.program() as till:
        lists = {
            status: [
                item["sku"]
                for item in (await till.get(f"/v1/products?status={status}")).json()["items"]
            ]
            for status in ("ok", "low", "out")
        }

    assert lists["ok"] == ["FULL"]
    assert sorted(lists["low"]) == ["LOW", "OUT"]
    assert lists["out"] == ["OUT"]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=201", "limit=x", "limit=%31%30%30%30%30", "limit=", "limit=+5"),
        *("limit=00200000", "limit=0010", "limit=" + "0" * 4_400 + "5", "limit=%D9%A3"),
        *("status=blue", "cursor=x"),
    ],
)
async def test_a_list_that_cannot_be_asked_for_is_a_400(query: str):
    async with api.program() as till:
        answer = await till.get(f"/v1/products?{query}")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


async def test_a_level_is_told_with_its_newest_event():
    await make.product("MUG", name="Blue mug", on_hand=5, reorder_point=5)

    async with api.program() as till:
        level = await till.get("/v1/inventory/mug")
        nobody = await till.get("/v1/inventory/nix")

    assert level.json() == {
        "sku": "MUG",
        "name": "Blue mug",
        "on_hand": 5,
        "reserved": 0,
        "available": 5,
        "reorder_point": 5,
        "is_low": True,
        "is_out": False,
        "last_event_id": 2,  # its opening stock, and that it is low
    }
    assert nobody.status_code == 404
