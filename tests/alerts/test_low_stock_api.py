"""What runs low, for programs."""

from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import queries
from tests import api, make


async def test_what_is_low_or_out_is_listed_the_emptiest_first_where_nothing_sells():
    await make.product("OUT", name="Zebra", on_hand=0)
    await make.product("FULL", on_hand=9, reorder_point=1)
    await make.product("LOW", name="Blue mug", on_hand=2, reorder_point=3)
    held = await make.product("HELD", on_hand=4, reorder_point=1)
    await make.reserved(held, 3)
    await make.archive(await make.product("OLD", on_hand=0))

    async with api.program() as till:
        answer = await till.get("/v1/low-stock")
        levels = {
            sku: (await till.get(f"/v1/inventory/{sku}")).json() for sku in ("OUT", "HELD", "LOW")
        }

    assert answer.status_code == 200
    assert answer.json() == {
        "items": [levels["OUT"], levels["HELD"], levels["LOW"]],
        "next_cursor": None,
    }
    assert [item["available"] for item in answer.json()["items"]] == [0, 1, 2]
    assert levels["HELD"]["last_event_id"] == await queries.last_event_of(held)


async def test_what_runs_out_first_stands_first():
    await make.product("FEW", on_hand=2, reorder_point=9)
    await make.product("FAST", on_hand=46, reorder_point=9)
    await make.product("SLOW", on_hand=5, reorder_point=9)
    await orders.place([Wanted("FAST", 40), Wanted("SLOW", 1)], actor="Robin")

    async with api.program() as till:
        answer = await till.get("/v1/low-stock")

    assert [item["sku"] for item in answer.json()["items"]] == ["FAST", "SLOW", "FEW"]


async def test_the_list_is_turned_page_by_page():
    for number in range(5):
        await make.product(f"MUG-{number}", on_hand=number, reorder_point=9)
    seen: list[str] = []
    cursor: str | None = ""

    async with api.program() as till:
        while cursor is not None:
            page = (await till.get("/v1/low-stock", params={"limit": 2, "cursor": cursor})).json()
            seen += [item["sku"] for item in page["items"]]
            cursor = page["next_cursor"]

    assert seen == [f"MUG-{number}" for number in range(5)]


async def test_a_page_that_cannot_be_asked_for_is_a_400():
    async with api.program() as till:
        for query in ("limit=0", "cursor=x"):
            answer = await till.get(f"/v1/low-stock?{query}")
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["field"] == query.partition("=")[0]
