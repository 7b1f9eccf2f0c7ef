"""A hold is kept for longer, counted from now."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.errors import NotFound
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import ExtendedMeanwhile, OrderClosed
from app.stock.tables import StockEvent
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


async def test_an_extended_hold_lasts_for_so_long_from_now_on():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)
        bystander = await make.hold(robin, MUG=1, minutes=30)

    with clock.at(NOON + timedelta(minutes=20)):
        extended = await orders.extend(held.id, AN_HOUR)
        assert await queries.order(bystander.id) == bystander

    assert extended.expires_at == NOON + timedelta(minutes=80)
    assert extended.held_at == NOON + timedelta(minutes=20)
    assert await StockEvent.count() == 3  # opening, reserved twice: time moves no stock
    with clock.at(NOON + timedelta(minutes=79)):
        assert await orders.expire_due() == 1
        assert (await queries.order(held.id)).status == "open"
        assert (await queries.order(bystander.id)).status == "expired"


async def test_an_extended_hold_stays_on_the_counter_where_it_lies():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    held = await make.hold(robin, MUG=2)
    shown = await orders.recall(held.id, clerk=robin, at_least=timedelta(minutes=10))

    await orders.extend(held.id, AN_HOUR)

    sale = await orders.complete(shown.id, shown.revision, clerk=robin, actor="Robin")
    assert sale.status == "completed"


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_hold_that_is_over_is_not_revived(is_swept: bool):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(NOON + timedelta(minutes=30)):
        if is_swept:
            await orders.expire_due()
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 12:30."):
            await orders.extend(held.id, AN_HOUR)


async def test_what_was_sold_cancelled_or_never_was_is_not_extended():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        sale, held = await make.sale(robin, MUG=1), await make.hold(robin, MUG=1)
        await orders.cancel(held.id, actor="Robin")

        async with refused(OrderClosed, f"Order {sale.id} is completed already, at 12:00."):
            await orders.extend(sale.id, AN_HOUR)
        async with refused(OrderClosed, f"Order {held.id} is cancelled already, at 12:00."):
            await orders.extend(held.id, AN_HOUR)
        async with refused(NotFound, "There is no order 99."):
            await orders.extend(99, AN_HOUR)


async def test_of_two_who_extend_what_both_saw_one_is_told_of_the_other():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)
        await orders.extend(held.id, AN_HOUR, seen=held.expires_at)

        says = f"Order {held.id} is held until 13:00 by now. Nothing was changed."
        async with refused(ExtendedMeanwhile, says):
            await orders.extend(held.id, timedelta(minutes=40), seen=held.expires_at)
    with clock.at(NOON + AN_HOUR):
        async with refused(OrderClosed, f"Order {held.id} is expired already, at 13:00."):
            await orders.extend(held.id, AN_HOUR, seen=NOON + AN_HOUR)
