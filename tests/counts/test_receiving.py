"""A delivery is scanned by several, and goes on the shelf at once."""

import pytest

from app.counts import actions, queries
from app.counts.actions import AlreadyApplied, CountedSince, NothingToApply
from app.counts.tables import Subject
from app.errors import NotFound
from app.orders import actions as orders
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make
from tests.counts import shelf


async def begin() -> int:
    return await actions.begin("2291", subject=Subject.DELIVERY, actor="Anna")


async def receive(session: int) -> int:
    shown = await shelf.revision(session, Subject.DELIVERY)
    return await actions.receive(session, shown, actor="Robin")


async def test_what_was_scanned_comes_to_what_is_there_whatever_happens_meanwhile():
    anna, tom = await shelf.two_clerks()
    mug, bowl = [await make.product(sku, on_hand=5) for sku in ("MUG", "BOWL")]
    session = await begin()
    await actions.scan(session, mug, 12, **anna.who)
    await make.reserved(mug, 4)
    await actions.scan(session, mug, 12, **tom.who)
    await actions.scan(session, bowl, **tom.who)

    units = await receive(session)

    event = (await stock.events(mug))[0]
    assert units == 25
    assert (event.kind, event.on_hand_change, event.note) == ("received", 24, "2291")
    assert [(await stock.level(product)).on_hand for product in (mug, bowl)] == [29, 6]
    assert not (await queries.session(session, Subject.DELIVERY)).is_open


async def test_a_delivery_is_one_operation_and_one_undo():
    robin = await make.clerk("Robin")
    anna, _ = await shelf.two_clerks()
    mug, bowl = [await make.product(sku, on_hand=5) for sku in ("MUG", "BOWL")]
    session = await begin()
    for product in (mug, bowl):
        await actions.scan(session, product, 3, **anna.who)
    await receive(session)
    first = await StockEvent.select(StockEvent.id).where(StockEvent.note == "2291").first()
    assert first is not None

    await orders.undo(first["id"], clerk=robin, actor="Robin")
    undone = [(await stock.level(product)).on_hand for product in (mug, bowl)]
    await actions.reopen(session)
    await receive(session)

    assert undone == [5, 5]
    assert [(await stock.level(product)).on_hand for product in (mug, bowl)] == [8, 8]


async def test_what_was_received_is_not_received_again():
    anna, _ = await shelf.two_clerks()
    mug, bowl = [await make.product(sku, on_hand=5) for sku in ("MUG", "BOWL")]
    session = await begin()
    await actions.scan(session, mug, 3, **anna.who)
    await receive(session)
    await actions.reopen(session)

    with pytest.raises(NothingToApply, match=r"There is nothing to receive\."):
        await receive(session)
    with pytest.raises(AlreadyApplied):
        await actions.scan(session, mug, **anna.who)
    await actions.scan(session, bowl, **anna.who)
    await receive(session)

    assert [(await stock.level(product)).on_hand for product in (mug, bowl)] == [8, 6]


async def test_what_a_colleague_scans_behind_the_list_is_not_received_unseen():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    session = await begin()
    await actions.scan(session, mug, 3, **anna.who)
    shown = await shelf.revision(session, Subject.DELIVERY)
    await actions.scan(session, mug, **tom.who)

    with pytest.raises(CountedSince):
        await actions.receive(session, shown, actor="Anna")

    assert (await stock.level(mug)).on_hand == 5


async def test_a_shelf_is_no_delivery():
    session = await shelf.begin()

    with pytest.raises(NotFound, match=f"There is no delivery {session}."):
        await queries.session(session, Subject.DELIVERY)
