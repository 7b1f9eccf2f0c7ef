"""Scan, type, take back: what several clerks count together, and what is refused."""

import pytest

from app.counts import actions, lines
from app.counts.actions import (
    AlreadyApplied,
    CountedByOthers,
    NothingToTakeBack,
    SessionEnded,
    TooMany,
)
from app.counts.tables import CountEntry
from app.errors import NotFound
from app.fields import MOST_UNITS
from app.stock import queries as stock
from tests import make
from tests.counts import shelf


async def test_what_two_clerks_scan_adds_up_and_each_sees_the_own_lines_first():
    anna, tom = await shelf.two_clerks()
    mug, bowl, cup = [await make.product(sku, on_hand=5) for sku in ("MUG", "BOWL", "CUP")]
    session = await shelf.begin()

    await actions.scan(session, mug, **anna.who)
    await actions.scan(session, mug, 5, **tom.who)
    await actions.scan(session, bowl, **anna.who)
    await actions.scan(session, cup, **tom.who)

    assert await shelf.seen(session, anna) == [("BOWL", 1), ("MUG", 6), ("CUP", 1)]
    assert await shelf.seen(session, tom) == [("CUP", 1), ("MUG", 6), ("BOWL", 1)]
    assert (await stock.level(mug)).on_hand == 5  # until it is applied


async def test_the_entries_say_who_counted_how_many():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 3, **anna.who)
    await actions.set_number(session, mug, 9, seen=3, **tom.who)

    entries = await lines.entries(session)

    assert [(e.sku, e.kind, e.quantity, bool(e.stands), e.actor) for e in entries] == [
        ("MUG", "typed", 9, True, "Tom"),
        ("MUG", "scanned", 3, False, "Anna"),
    ]


async def test_a_number_that_is_typed_takes_the_place_of_what_was_seen():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 3, **anna.who)

    await actions.set_number(session, mug, 12, seen=3, **tom.who)
    await actions.scan(session, mug, **anna.who)

    assert await shelf.seen(session, anna) == [("MUG", 13)]


async def test_a_number_that_is_typed_does_not_take_the_place_of_what_was_not_seen():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 3, **anna.who)
    await actions.scan(session, mug, **tom.who)

    with pytest.raises(CountedByOthers) as refusal:
        await actions.set_number(session, mug, 12, seen=3, **anna.who)

    assert str(refusal.value) == (
        "Blue mug stands at 4 now, by Tom. Save again to put yours in its place."
    )
    assert await shelf.seen(session, anna) == [("MUG", 4)]
    assert await CountEntry.count() == 2


async def test_nothing_typed_is_not_counted_and_no_nought():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 3, **anna.who)

    await actions.set_number(session, mug, None, seen=3, **anna.who)

    assert await shelf.seen(session, anna) == []
    assert await shelf.listed(session) == {}


async def test_a_scan_is_taken_back_and_then_there_is_nothing_left_to_take_back():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 2, **tom.who)
    await actions.scan(session, mug, 5, **anna.who)
    scan = (await lines.of(session, anna.clerk)).last_scan
    assert scan is not None

    product = await actions.take_back(session, scan.id, clerk=anna.clerk)
    with pytest.raises(NothingToTakeBack):
        await actions.take_back(session, scan.id, clerk=anna.clerk)

    assert (scan.name, scan.quantity, product) == ("Blue mug", 5, mug)
    assert await shelf.seen(session, anna) == [("MUG", 2)]
    assert (await lines.of(session, anna.clerk)).last_scan is None


async def test_the_only_scan_that_is_taken_back_leaves_the_product_uncounted():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, **anna.who)
    scan = (await lines.of(session, anna.clerk)).last_scan
    assert scan is not None

    await actions.take_back(session, scan.id, clerk=anna.clerk)

    assert await shelf.seen(session, anna) == []
    assert await shelf.listed(session) == {}


async def test_nobody_takes_back_the_scan_of_another():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 2, **tom.who)
    scan = (await lines.of(session, tom.clerk)).last_scan
    assert scan is not None

    with pytest.raises(NothingToTakeBack):
        await actions.take_back(session, scan.id, clerk=anna.clerk)

    assert await shelf.seen(session, anna) == [("MUG", 2)]


async def test_a_scan_that_a_typed_number_has_replaced_cannot_be_taken_back():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 2, **anna.who)
    scan = (await lines.of(session, anna.clerk)).last_scan
    assert scan is not None
    await actions.set_number(session, mug, 12, seen=2, **tom.who)

    with pytest.raises(NothingToTakeBack) as refusal:
        await actions.take_back(session, scan.id, clerk=anna.clerk)

    assert str(refusal.value) == (
        "This scan no longer counts: it was taken back, or a number was typed."
    )
    assert await shelf.seen(session, anna) == [("MUG", 12)]


async def test_no_more_than_a_million_are_counted():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, MOST_UNITS, **anna.who)

    with pytest.raises(TooMany, match="Blue mug cannot be counted above 1\u202f000\u202f000"):
        await actions.scan(session, mug, **anna.who)

    assert await shelf.seen(session, anna) == [("MUG", MOST_UNITS)]


async def test_what_is_applied_is_not_counted_on():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    session = await shelf.begin()
    await actions.scan(session, mug, 4, **anna.who)
    await shelf.apply(session)

    with pytest.raises(AlreadyApplied, match="Blue mug was counted and applied already"):
        await actions.scan(session, mug, **anna.who)
    with pytest.raises(AlreadyApplied):
        await actions.set_number(session, mug, 5, seen=4, **anna.who)

    assert (await stock.level(mug)).on_hand == 4
    assert (await shelf.line(session, anna, "MUG")).counted == 4


async def test_a_session_that_is_over_takes_nothing_more():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()
    await actions.abandon(session, actor="Tom")

    with pytest.raises(SessionEnded, match=r"Shelf 3 was abandoned by Tom at \d\d:\d\d"):
        await actions.scan(session, mug, **anna.who)

    assert await CountEntry.count() == 0


async def test_what_is_no_product_or_no_session_is_not_counted():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await shelf.begin()

    with pytest.raises(NotFound, match=r"This product is not in the count\."):
        await actions.scan(session, 99, **anna.who)
    with pytest.raises(NotFound, match=r"This product is not in the count\."):
        await actions.set_number(session, mug, 3, seen=None, **anna.who)
    with pytest.raises(NotFound, match=r"There is no such count session\."):
        await actions.scan(99, mug, **anna.who)

    assert await CountEntry.count() == 0
