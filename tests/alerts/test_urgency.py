"""What runs out first stands first, at the pace of the last fourteen days."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app import clock
from app.alerts import pace as paces
from app.alerts import queries, urgency
from app.alerts.pace import pace
from app.database import DB
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason
from tests import make

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


async def sell(sku: str, quantity: int, *, ago: timedelta = timedelta(0)) -> int:
    with clock.at(NOW - ago):
        order = await orders.place([Wanted(sku, quantity)], actor="Robin")
    return order.id


async def listed() -> list[str]:
    with clock.at(NOW):
        return [alert.level.sku for alert in (await queries.page()).alerts]


async def hours() -> dict[str, str]:
    with clock.at(NOW):
        found = (await queries.page()).alerts
    return {alert.level.sku: f"{alert.hours_said} {alert.unit}" for alert in found}


@pytest.fixture
async def shelves() -> None:
    """Five products that are low, opened long ago."""
    with clock.at(NOW - timedelta(days=30)):
        for sku, on_hand in [("FAST", 48), ("SLOW", 8), ("OUT", 5), ("GONE", 20), ("DUST", 2)]:
            await make.product(sku, on_hand=on_hand, reorder_point=1_000)


@pytest.mark.usefixtures("shelves")
async def test_the_fewest_are_not_the_most_urgent():
    await sell("FAST", 40)  # 8 left at 40 an hour
    await sell("SLOW", 4)  # 4 left at 4 an hour

    assert (await listed())[:2] == ["FAST", "SLOW"]
    assert (await hours())["FAST"] == "0.2 hours"
    assert (await hours())["SLOW"] == "1 hour"


@pytest.mark.usefixtures("shelves")
async def test_what_is_out_and_wanted_stands_first_and_what_nobody_wants_last():
    await sell("FAST", 40)
    await sell("OUT", 5)
    await sell("GONE", 20)

    assert await listed() == ["GONE", "OUT", "FAST", "DUST", "SLOW"]
    assert (await hours())["GONE"] == "0 hours"
    assert (await hours())["DUST"] == "– none sold"


@pytest.mark.usefixtures("shelves")
async def test_only_hours_count_in_which_the_shop_sold_anything():
    await sell("SLOW", 2, ago=timedelta(days=3))
    await sell("FAST", 1, ago=timedelta(days=2))
    await sell("FAST", 1, ago=timedelta(days=2, minutes=1))  # the same hour

    assert (await hours())["SLOW"] == "6 hours"  # 6 left, 2 in 2 hours


@pytest.mark.usefixtures("shelves")
async def test_a_sale_of_more_than_fourteen_days_ago_is_forgotten():
    await sell("SLOW", 4, ago=timedelta(days=14, seconds=1))
    await sell("FAST", 40, ago=timedelta(days=13, hours=23))

    assert (await hours())["SLOW"] == "– none sold"
    assert (await hours())["FAST"] == "0.2 hours"


@pytest.mark.usefixtures("shelves")
async def test_a_sale_that_was_undone_is_no_demand():
    clerk = await make.clerk("Robin")
    with clock.at(NOW):
        await sell("SLOW", 1)
        await sell("SLOW", 5)
        ((operation,),) = await DB.fetch("SELECT max(id) FROM stock_event WHERE kind = 'sold'")
        await orders.undo(operation, clerk=clerk, actor="Robin")

    assert (await hours())["SLOW"] == "7 hours"  # 7 left, 1 sold in this hour


async def test_what_was_archived_is_no_alert():
    with clock.at(NOW):
        mug = await make.product("MUG", on_hand=3, reorder_point=5)
        bowl = await make.product("BOWL", on_hand=3, reorder_point=5)
        await sell("MUG", 1)
        await make.archive(mug)
        await make.archive(bowl)

    assert await listed() == []


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.usefixtures("shelves")
async def test_its_pages_follow_each_other_without_a_gap(size: int):
    await sell("FAST", 40)
    await sell("OUT", 5)
    await sell("GONE", 20)

    told: list[str] = []
    with clock.at(NOW):
        page = await queries.page(limit=size)
        told += [alert.level.sku for alert in page.alerts]
        while page.next:
            page = await queries.page(at=urgency.place(page.next), limit=size)
            assert 0 < len(page.alerts) <= size
            told += [alert.level.sku for alert in page.alerts]

    assert told == ["GONE", "OUT", "FAST", "DUST", "SLOW"]


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "WzEsMiwzLDQsNV0=", "ä", "null"])
def test_a_cursor_of_somebody_else_is_no_place(cursor: str):
    with pytest.raises(ValueError, match="not a place"):
        urgency.place(cursor)


@pytest.mark.usefixtures("shelves")
async def test_a_sale_counts_at_once():
    with clock.at(NOW):
        before = (await hours())["SLOW"]
        await sell("SLOW", 4)

    assert before == "– none sold"
    assert (await hours())["SLOW"] == "1 hour"


@pytest.mark.usefixtures("shelves")
async def test_another_hour_of_selling_counts_for_all():
    await sell("FAST", 30, ago=timedelta(hours=2))  # 18 left at 30 an hour
    await sell("SLOW", 4, ago=timedelta(hours=2))  # 4 left at 4 an hour
    before = (await listed())[:2]

    await sell("FAST", 1)  # 17 left at 31 in two hours; 4 left at 4 in two hours

    assert before == (await listed())[:2] == ["FAST", "SLOW"]
    assert (await hours())["FAST"] == "1.1 hours"


@pytest.mark.usefixtures("shelves")
async def test_what_fell_out_of_the_fourteen_days_is_forgotten_a_minute_later_and_nobody_waits():
    await sell("SLOW", 4, ago=timedelta(days=14) - timedelta(seconds=30))
    await sell("FAST", 1)

    with clock.at(NOW):
        first = await pace()
    with clock.at(NOW + timedelta(seconds=59)):
        same = await pace()
    with clock.at(NOW + timedelta(seconds=61)):
        at_once = await pace()
        async with asyncio.timeout(30):
            while (renewed := await pace()) is first:
                await asyncio.sleep(0)

    assert first is same is at_once
    assert sorted(first.sold.values()) == [1, 4]
    assert sorted(renewed.sold.values()) == [1]


@pytest.mark.usefixtures("shelves")
async def test_a_pace_that_cannot_be_found_out_leaves_the_one_before(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def fails() -> paces.Pace:
        raise OSError("disk I/O error")

    with clock.at(NOW):
        first = await pace()
    with clock.at(NOW + timedelta(minutes=2)), caplog.at_level(logging.WARNING):
        monkeypatch.setattr(paces, "find_out", fails)
        assert await pace() is first
        async with asyncio.timeout(30):
            while "pace: disk I/O error" not in caplog.text:
                await asyncio.sleep(0)

        assert await pace() is first


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_the_order_is_that_of_a_shopkeeper_with_paper(seed: int):
    random = Random(seed)
    skus = [f"MUG-{n}" for n in range(8)]
    with clock.at(NOW - timedelta(days=30)):
        ids = {sku: await make.product(sku, on_hand=60, reorder_point=20) for sku in skus}
    available = dict.fromkeys(skus, 60)
    point = dict.fromkeys(skus, 20)
    sold = dict.fromkeys(skus, 0)
    for sku in skus[:5]:
        sold[sku] = random.randint(1, 30)
        available[sku] -= sold[sku]
        await sell(sku, sold[sku], ago=timedelta(hours=random.randint(0, 300)))
    with clock.at(NOW):
        hours = (await pace()).hours

    for _ in range(60):
        sku, n = random.choice(skus), random.randint(1, 25)
        with clock.at(NOW):
            match random.randrange(3):
                case 0:
                    await stock.receive(ids[sku], n, actor="Robin")
                    available[sku] += n
                case 1:
                    n = min(n, available[sku])
                    if n:
                        lost = AdjustmentReason.LOST
                        await stock.adjust(ids[sku], -n, reason=lost, actor="Robin")
                        available[sku] -= n
                case 2:
                    await stock.set_reorder_point(ids[sku], n, actor="Robin")
                    point[sku] = n

        low = [sku for sku in skus if available[sku] <= point[sku]]
        wanted = [sku for sku in low if sold[sku]]
        others = [sku for sku in low if not sold[sku]]
        wanted.sort(key=lambda s: (available[s] * hours / sold[s], -sold[s], available[s], ids[s]))
        others.sort(key=lambda s: (available[s], ids[s]))
        assert await listed() == wanted + others
