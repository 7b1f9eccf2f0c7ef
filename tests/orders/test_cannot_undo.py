"""What is not undone: another's, too old, done already, or something depends on it."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

import pytest

from app import clock
from app.database import DB
from app.orders import actions as orders
from app.orders import queries
from app.orders.actions import Back
from app.orders.tables import Condition
from app.stock import actions as stock
from app.stock import queries as shelves
from app.stock.actions import CannotUndo
from app.stock.tables import AdjustmentReason
from tests import make
from tests.refused import refused

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
LOST = AdjustmentReason.LOST


async def undo(operation: int, clerk: int = 1, actor: str = "Robin") -> str:
    return await orders.undo(operation, clerk=clerk, actor=actor)


async def test_nobody_undoes_what_a_colleague_did():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: make.sale(robin, MUG=2))

    async with refused(CannotUndo, "Cannot undo: Robin did this."):
        await undo(operation, sam, "Sam")


async def test_what_was_done_ten_minutes_ago_is_undone_and_nothing_older():
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        old = await make.operation(lambda: stock.receive(mug, 1, actor="Robin"))
        older = await make.operation(lambda: stock.receive(mug, 2, actor="Robin"))

    with clock.at(NOON + timedelta(minutes=10)):
        await undo(old)
    with clock.at(NOON + timedelta(minutes=10, microseconds=1)):
        async with refused(CannotUndo, "Cannot undo: more than 10 minutes have passed."):
            await undo(older)

    assert (await shelves.level(mug)).on_hand == 7


async def test_what_was_undone_is_not_undone_again():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        operation = await make.operation(lambda: make.sale(robin, MUG=2))
        await undo(operation)

    async with refused(CannotUndo, "Cannot undo: Robin did so already, on Fri at 12:00."):
        with clock.at(NOON + timedelta(days=1)):
            await undo(operation)


async def test_an_undo_is_not_undone():
    mug = await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: stock.receive(mug, 1, actor="Robin"))
    undone = await make.operation(lambda: undo(operation))

    async with refused(CannotUndo, "Cannot undo: this was an undo itself. Do it anew instead."):
        await undo(undone)


async def test_what_a_later_count_has_found_is_not_overturned():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    with clock.at(NOON):
        operation = await make.operation(lambda: make.sale(robin, MUG=2, BOWL=1))
        await stock.count(mug, 4, actor="Sam")

        async with refused(CannotUndo, "Cannot undo: Sam counted 4 of MUG at 12:00."):
            await undo(operation)


async def test_a_count_that_was_undone_stands_in_nobodys_way():
    mug = await make.product("MUG", on_hand=5)
    received = await make.operation(lambda: stock.receive(mug, 1, actor="Robin"))
    counted = await make.operation(lambda: stock.count(mug, 4, actor="Robin"))

    await undo(counted)
    await undo(received)

    assert (await shelves.level(mug)).on_hand == 5


async def test_a_count_does_not_keep_a_hold_from_being_undone():
    """It says what is on the shelf, and not what is promised."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: make.hold(robin, MUG=2))
    await stock.count(mug, 4, actor="Sam")

    await undo(operation)

    assert (await shelves.level(mug)).available == 4


async def test_goods_that_were_sold_since_are_not_taken_from_the_customer():
    sam = await make.clerk("Sam")
    mug = await make.product("MUG", on_hand=0)
    with clock.at(NOON):
        operation = await make.operation(lambda: stock.receive(mug, 5, actor="Robin"))
        sale = await make.sale(sam, MUG=3)

        async with refused(
            CannotUndo,
            "Cannot undo: only 2 of MUG are available now; "
            f"3 were sold at 12:00 in order {sale.id}, by Robin.",
        ):
            await undo(operation)


async def test_goods_that_were_put_aside_since_are_not_taken_from_the_hold():
    sam = await make.clerk("Sam")
    mug = await make.product("MUG", on_hand=0)
    with clock.at(NOON):
        operation = await make.operation(lambda: stock.receive(mug, 5, actor="Robin"))
        held = await make.hold(sam, MUG=4)

        async with refused(
            CannotUndo,
            "Cannot undo: only 1 of MUG are available now; "
            f"4 were put aside at 12:00 in order {held.id}, by Robin.",
        ):
            await undo(operation)


async def test_goods_that_were_lost_since_cannot_leave_twice():
    mug = await make.product("MUG", on_hand=0)
    with clock.at(NOON):
        operation = await make.operation(lambda: stock.receive(mug, 5, actor="Robin"))
        await stock.adjust(mug, -2, reason=LOST, actor="Sam")

        async with refused(
            CannotUndo,
            "Cannot undo: only 3 of MUG are available now; "
            "2 were taken off the shelf at 12:00, by Sam.",
        ):
            await undo(operation)


async def test_a_return_whose_goods_were_sold_again_stays():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=2)
    with clock.at(NOON):
        first = await make.sale(robin, MUG=2)
        backs = [Back(mug, 2)]
        operation = await make.operation(lambda: orders.take_back(first.id, backs, actor="Robin"))
        second = await make.sale(robin, MUG=1)

        async with refused(
            CannotUndo,
            "Cannot undo: only 1 of MUG are available now; "
            f"1 were sold at 12:00 in order {second.id}, by Robin.",
        ):
            await undo(operation)


async def test_a_hold_that_was_cancelled_and_whose_goods_are_gone_stays_cancelled():
    robin = await make.clerk()
    await make.product("MUG", on_hand=2)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=2)
        operation = await make.operation(lambda: orders.cancel(held.id, actor="Robin"))
        sale = await make.sale(robin, MUG=1)

        async with refused(
            CannotUndo,
            "Cannot undo: only 1 of MUG are available now; "
            f"1 were sold at 12:00 in order {sale.id}, by Robin.",
        ):
            await undo(operation)


async def test_an_order_that_changed_since_is_left_as_it_is():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        operation = await make.operation(lambda: make.sale(robin, MUG=3))
        await orders.take_back(1, [Back(mug, 1, Condition.GONE)], actor="Sam")

        async with refused(CannotUndo, "Cannot undo: order 1 has changed since, at 12:00, by Sam."):
            await undo(operation)


async def test_a_hold_that_was_handed_over_since_is_not_undone():
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        operation = await make.operation(lambda: make.hold(robin, MUG=3))
        await orders.hand_over(1, actor="Sam")

        async with refused(CannotUndo, "Cannot undo: order 1 has changed since, at 12:00, by Sam."):
            await undo(operation)


@pytest.mark.parametrize("is_swept", [True, False])
async def test_a_hold_that_is_over_is_not_undone(is_swept: bool):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        operation = await make.operation(lambda: make.hold(robin, MUG=3, minutes=5))

    with clock.at(NOON + timedelta(minutes=5)):
        if is_swept:
            await orders.expire_due()
        async with refused(CannotUndo, "Cannot undo: order 1 is expired by now."):
            await undo(operation)


async def test_a_change_of_a_hold_that_is_over_is_not_undone():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        held = await make.hold(robin, MUG=3, minutes=5)
        operation = await make.operation(lambda: orders.release(held.id, mug, 1, actor="Robin"))

    with clock.at(NOON + timedelta(minutes=5)):
        async with refused(CannotUndo, f"Cannot undo: order {held.id} is expired by now."):
            await undo(operation)


async def test_a_hold_on_the_counter_of_a_colleague_is_not_taken_from_there():
    robin, sam = await make.clerk("Robin"), await make.clerk("Sam")
    await make.product("MUG", on_hand=5)
    operation = await make.operation(lambda: make.hold(robin, MUG=3))
    await orders.recall(1, clerk=sam, at_least=timedelta(minutes=10))

    async with refused(CannotUndo, "Cannot undo: order 1 lies on another counter now."):
        await undo(operation, robin)

    await orders.recall(1, clerk=robin, at_least=timedelta(minutes=10))
    await undo(operation, robin)
    assert (await queries.order(1)).status == "cancelled"


async def test_a_return_is_not_undone_once_its_order_was_cancelled():
    """A sale that came back whole is cancelled without any entry in the log."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        await make.sale(robin, MUG=3)
        backs = [Back(mug, 3)]
        operation = await make.operation(lambda: orders.take_back(1, backs, actor="Robin"))
    with clock.at(LATER):
        await orders.cancel(1, actor="Robin")

        async with refused(CannotUndo, "Cannot undo: order 1 is cancelled by now."):
            await undo(operation)


async def test_a_line_whose_price_nobody_kept_is_scanned_anew():
    """It was taken out by an older program."""
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=5, price_cents=350)
    await make.product("BOWL", on_hand=5)
    held = await make.hold(robin, MUG=3, BOWL=1)
    operation = await make.operation(lambda: orders.release(held.id, mug, 3, actor="Robin"))
    await DB.run(DB.run_ddl, "DELETE FROM line_taken_out")

    says = "Cannot undo: the price of MUG is not known. Scan it anew instead."
    async with refused(CannotUndo, says):
        await undo(operation)


@pytest.mark.parametrize("looks", range(1, 8))
async def test_a_hold_that_ends_while_it_is_undone_has_expired_or_was_undone_before(
    looks: int, monkeypatch: pytest.MonkeyPatch
):
    robin = await make.clerk()
    await make.product("MUG", on_hand=5)
    with clock.at(NOON):
        operation = await make.operation(lambda: make.hold(robin, MUG=3, minutes=5))
    over = NOON + timedelta(minutes=5)
    times = chain(repeat(over - timedelta(seconds=1), looks), repeat(over))
    monkeypatch.setattr(clock, "now", lambda: next(times))

    (said,) = await asyncio.gather(undo(operation), return_exceptions=True)

    assert str(said).startswith(("Hold 1 undone", "Cannot undo: order 1 is expired by now."))
    order = await queries.order(1)
    assert order.status == "expired" or (order.closed_at and order.closed_at < over)
