"""Holds whose time is over are released by themselves, in small steps, once."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from app import clock, sweeper
from app.database import DB, writer
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import SWEEPER, expiring
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make
from tests.database import notes

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=30)


async def test_a_hold_whose_time_is_over_is_released():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(LATER):
        assert await orders.expire_due() == 1

    order = await queries.order(held.id)
    event, *_ = await stock.events(mug)
    assert (order.status, order.closed_at, order.completed_at) == ("expired", LATER, None)
    assert (await stock.level(mug)).available == 5
    assert (event.kind, event.reserved_change, event.reason) == ("released", -2, "expired")
    assert (event.order_id, event.actor) == (held.id, SWEEPER)


async def test_what_expires_above_the_reorder_point_clears_the_alert():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, reorder_point=3)
    with clock.at(NOON):
        await make.hold(robin, MUG=2, minutes=30)

    with clock.at(LATER):
        await orders.expire_due()

    assert [event.kind for event in await stock.events(mug)][:2] == ["restocked", "released"]


async def test_a_hold_reads_as_expired_before_the_sweeper_comes():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)

    with clock.at(LATER - timedelta(microseconds=1)):
        assert (await queries.order(held.id)).status == "open"
        assert not await queries.is_any_due()
    with clock.at(LATER):
        assert (await queries.order(held.id)).status == "expired"
        assert await queries.is_any_due()


async def test_a_second_sweep_releases_nothing():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        await make.hold(robin, MUG=2, minutes=30)

    with clock.at(LATER):
        await orders.expire_due()
        events = await StockEvent.count()

        assert await orders.expire_due() == 0
        assert await sweeper.expire() == 0
    assert await StockEvent.count() == events


async def test_a_clock_that_is_put_back_revives_nothing():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2, minutes=30)
    with clock.at(LATER):
        await orders.expire_due()

    with clock.at(NOON):
        assert (await queries.order(held.id)).status == "expired"
        with pytest.raises(orders.OrderClosed):
            await orders.hand_over(held.id, actor="till")

    assert (await stock.level(mug)).reserved == 0


async def test_those_that_are_over_longest_go_first_and_never_too_many_at_once(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(expiring, "LINES_AT_ONCE", 4)
    robin = await make.clerk()
    await make.product("MUG", on_hand=9)
    await make.product("BOWL", on_hand=9)
    with clock.at(NOON):
        late = await make.hold(robin, MUG=1, minutes=20)
        wide = await make.hold(robin, MUG=1, BOWL=1, minutes=10)
        early = await make.hold(robin, MUG=1, BOWL=1, minutes=5)
        await make.hold(robin, MUG=1, minutes=40)

    with clock.at(LATER):
        steps = [await orders.expire_due() for _ in range(4)]

        assert steps == [2, 1, 0, 0]  # four lines with the second hold
    assert [(await queries.order(order.id)).status for order in (early, wide, late)] == [
        "expired"
    ] * 3
    released = (
        await StockEvent.select(StockEvent.order_id)
        .where(StockEvent.reason == "expired")
        .order_by(StockEvent.id)
    )
    first = [event["order_id"] for event in released[:4]]  # one step, in which they go side by side
    assert sorted(first) == sorted([early.id, wide.id] * 2)
    assert [event["order_id"] for event in released[4:]] == [late.id]


async def test_a_hold_of_more_lines_than_a_step_releases_expires_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(expiring, "LINES_AT_ONCE", 1)
    robin = await make.clerk()
    await make.product("MUG", on_hand=9)
    await make.product("BOWL", on_hand=9)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=1, BOWL=1)

    with clock.at(LATER):
        assert await orders.expire_due() == 1

    assert (await queries.order(held.id)).status == "expired"


async def set_reserved(product: int, units: int) -> None:
    """As no action would."""
    await DB.run(DB.run_ddl, f"UPDATE stock_level SET reserved = {units} WHERE product = {product}")


async def test_a_hold_whose_books_do_not_balance_stops_no_other_and_is_said_once_an_hour(
    caplog: pytest.LogCaptureFixture,
):
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    with clock.at(NOON):
        broken = await make.hold(robin, MUG=2, minutes=10)
        sound = [await make.hold(robin, BOWL=1, minutes=minutes) for minutes in (5, 20)]
    await set_reserved(mug, 0)

    with clock.at(LATER):
        assert await sweeper.expire() == 2
        assert await sweeper.expire() == 0

    said = f"order {broken.id} cannot expire: product {mug} has less reserved than order"
    assert caplog.text.count(said) == 1
    assert [(await queries.order(order.id)).closed_at for order in sound] == [LATER, LATER]
    assert (await queries.order(broken.id)).closed_at is None

    with clock.at(LATER + timedelta(hours=1)):
        assert await sweeper.expire() == 0
        assert caplog.text.count(said) == 2
    await set_reserved(mug, 2)
    with clock.at(LATER + timedelta(hours=2)):
        assert await sweeper.expire() == 1


@pytest.mark.sqlite
async def test_a_sweep_that_could_not_write_is_made_up_for_at_once(
    monkeypatch: pytest.MonkeyPatch,
):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        await make.hold(robin, MUG=2, minutes=30)
    monkeypatch.setattr(writer, "PATIENCE", 0.0)
    other = notes.engine()._connect()
    other.execute("BEGIN IMMEDIATE")

    with clock.at(LATER):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await sweeper.expire()
        other.execute("ROLLBACK")
        assert await sweeper.expire() == 1
    other.close()
