"""Receive, adjust, count, sell, put back: what each does, writes down, and refuses."""

from collections.abc import Awaitable, Callable

import pytest

from app.database.dialect import BILLION
from app.errors import NotFound
from app.stock import actions as stock
from app.stock import queries
from app.stock.actions import BelowReserved, InsufficientStock, ShelfFull
from app.stock.queries import Event
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make

LOST, FOUND = AdjustmentReason.LOST, AdjustmentReason.FOUND


async def newest(product: int) -> Event:
    return (await queries.events(product))[0]


async def unchanged(product: int, on_hand: int, *, events: int) -> None:
    """The second half of every refusal."""
    assert (await queries.level(product)).on_hand == on_hand
    assert await StockEvent.count().where(StockEvent.product == product) == events


async def test_a_delivery_is_on_the_shelf_and_in_the_log():
    mug = await make.product(on_hand=5)

    event = await stock.receive(mug, 12, actor="Robin", note="two boxes")

    logged = await newest(mug)
    assert (await queries.level(mug)).on_hand == 17
    assert (logged.id, logged.kind, logged.actor, logged.note) == (
        event,
        "received",
        "Robin",
        "two boxes",
    )
    assert (logged.on_hand_before, logged.on_hand_change, logged.on_hand) == (5, 12, 17)


async def test_an_adjustment_says_why():
    mug = await make.product(on_hand=5)

    event = await stock.adjust(mug, -2, reason=LOST, actor="Robin", note="behind the shelf?")

    logged = await newest(mug)
    assert (await queries.level(mug)).on_hand == 3
    assert (logged.id, logged.kind, logged.reason, logged.note) == (
        event,
        "adjusted",
        "lost",
        "behind the shelf?",
    )
    assert (logged.on_hand_change, logged.on_hand) == (-2, 3)


async def test_an_adjustment_down_to_nothing_is_taken_and_below_it_refused():
    mug = await make.product("MUG-BLUE", on_hand=5)

    await stock.adjust(mug, -5, reason=LOST, actor="Robin")
    with pytest.raises(BelowReserved) as refusal:
        await stock.adjust(mug, -1, reason=LOST, actor="Robin")

    assert str(refusal.value) == ("Only 0 of MUG-BLUE can go: 0 on hand, none reserved.")
    await unchanged(mug, 0, events=3)  # opening, adjusted, low stock


@pytest.mark.parametrize(("counted", "variance"), [(8, 3), (2, -3), (5, 0), (0, -5)])
async def test_a_count_is_entered_as_the_difference_it_makes(counted: int, variance: int):
    mug = await make.product(on_hand=5)

    event = await stock.count(mug, counted, actor="Robin", note="shelf 3")

    logged = next(entry for entry in await queries.events(mug) if entry.id == event)
    assert (await queries.level(mug)).on_hand == counted
    assert (logged.kind, logged.on_hand_change, logged.on_hand, logged.note) == (
        "counted",
        variance,
        counted,
        "shelf 3",
    )


async def test_units_that_are_reserved_do_not_go():
    mug = await make.product("MUG-BLUE", on_hand=5)
    await make.reserved(mug, 2, customer="Mrs Okafor")
    refusal = (
        r"Only 3 of MUG-BLUE can go: 5 on hand, 2 reserved: 2 for Mrs Okafor until \d\d:\d\d\."
    )

    with pytest.raises(BelowReserved, match=refusal):
        await stock.adjust(mug, -4, reason=LOST, actor="Robin")
    with pytest.raises(BelowReserved, match=refusal):
        await stock.count(mug, 1, actor="Robin")
    with pytest.raises(InsufficientStock, match="Only 3 of MUG-BLUE available, 4 wanted"):
        await stock.sell({mug: 4}, order_id=1, actor="Robin")

    await unchanged(mug, 5, events=2)
    await stock.count(mug, 2, actor="Robin")  # as many as are reserved may be all there are
    assert (await queries.level(mug)).available == 0


async def test_a_shelf_has_a_billion_and_no_more():
    mug = await make.product("MUG-BLUE", on_hand=1_000_000)
    await stock.receive(mug, BILLION - 1_000_000, actor="Robin")
    full = r"MUG-BLUE cannot have more than 1\u202f000\u202f000\u202f000\."

    with pytest.raises(ShelfFull, match=full) as refusal:
        await stock.receive(mug, 1, actor="Robin")
    with pytest.raises(ShelfFull, match=full):
        await stock.adjust(mug, 1, reason=FOUND, actor="Robin")
    with pytest.raises(ShelfFull, match=full):
        await stock.count(mug, BILLION + 1, actor="Robin")

    assert (refusal.value.kind, refusal.value.status) == ("invalid", 400)  # to a program
    assert [error["field"] for error in refusal.value.details["errors"]] == ["quantity"]
    await unchanged(mug, BILLION, events=2)


MOVES: list[Callable[[], Awaitable[object]]] = [
    lambda: stock.receive(99, 1, actor="Robin"),
    lambda: stock.adjust(99, 1, reason=FOUND, actor="Robin"),
    lambda: stock.adjust(99, -1, reason=LOST, actor="Robin"),
    lambda: stock.count(99, 1, actor="Robin"),
    lambda: stock.sell({99: 1}, order_id=1, actor="Robin"),
    lambda: stock.put_back({99: 1}, order_id=1, actor="Robin"),
    lambda: stock.set_reorder_point(99, 1, actor="Robin"),
]


@pytest.mark.parametrize("move", MOVES)
async def test_what_is_no_product_does_not_move(move: Callable[[], Awaitable[object]]):
    with pytest.raises(NotFound, match=r"There is no such product\."):
        await move()

    assert await StockEvent.count() == 0


async def test_one_shortage_keeps_everything_on_the_shelf():
    mug = await make.product("MUG-BLUE", on_hand=5)
    bowl = await make.product("BOWL", on_hand=1)

    with pytest.raises(InsufficientStock) as refusal:
        await stock.sell({bowl: 2, mug: 5}, order_id=1, actor="Robin")

    (shortage,) = refusal.value.shortages
    assert (shortage.product, shortage.sku, shortage.wanted, shortage.available) == (
        bowl,
        "BOWL",
        2,
        1,
    )
    await unchanged(mug, 5, events=1)
    await unchanged(bowl, 1, events=1)


async def test_the_history_of_a_product_is_turned_page_by_page():
    mug = await make.product(on_hand=5)
    for n in range(60):
        await stock.receive(mug, 1, actor="Robin", note=f"{n}")

    first = await queries.events(mug)
    second = await queries.events(mug, before=first[49].id)

    assert [event.note for event in first] == [f"{n}" for n in range(59, 8, -1)]  # 50, and one more
    assert [event.note for event in second] == [*(f"{n}" for n in range(9, -1, -1)), "opening"]
