"""Fourteen days of what was available, as a stair."""

from datetime import UTC, datetime, timedelta

from app import clock
from app.alerts import queries
from app.alerts.sparks import Spark
from app.stock import actions as stock
from tests import make

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


async def drawn(product: int) -> Spark | None:
    with clock.at(NOW):
        return (await queries.alert(product)).spark


async def test_a_stair_goes_down_on_the_day_on_which_it_was_sold():
    with clock.at(NOW - timedelta(days=20)):
        mug = await make.product(on_hand=10, reorder_point=5)
    with clock.at(NOW - timedelta(days=7, hours=1)):
        await stock.count(mug, 8, actor="Anna")
    with clock.at(NOW - timedelta(hours=1)):
        await stock.count(mug, 2, actor="Anna")

    assert await drawn(mug) == Spark("M0 2H35V6H70V18H70", reorder_point=12, now=18)


async def test_it_begins_with_the_product_and_counts_what_is_promised_as_gone():
    with clock.at(NOW - timedelta(days=3, hours=1)):
        mug = await make.product(on_hand=4, reorder_point=4)
    with clock.at(NOW - timedelta(days=1, hours=1)):
        await make.reserved(mug, 3)

    assert await drawn(mug) == Spark("M55 2H65V17H70", reorder_point=2, now=17)


async def test_a_product_of_today_is_where_it_is():
    with clock.at(NOW):
        mug = await make.product(on_hand=0)

    assert await drawn(mug) == Spark("M70 22H70", reorder_point=22, now=22)
