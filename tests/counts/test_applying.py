"""The shelf follows what was counted, as of when it was counted; what cannot be stays open."""


import pytest

from app.counts import actions, variances
from app.counts.actions import CountedSince, NotAllApplied, NothingToApply, SessionEnded
from app.counts.tables import Choice
from app.database import DB
from app.errors import NotFound
from app.orders import actions as orders
from app.stock import actions as stock
from app.stock import queries, recounts
from app.stock.tables import AdjustmentReason, StockEvent
from tests import make
from tests.counts import shelf

LOST = AdjustmentReason.LOST


async def test_what_is_sold_behind_a_count_stays_sold():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42, price_cents=350)
    session = await shelf.begin()
    await actions.scan(session, mug, 40, **anna.who)
    await stock.adjust(mug, -3, reason=LOST, actor="Tom")

    (line,) = (await variances.of(session)).ready
    applied = await shelf.apply(session)

    assert (line.expected, line.counted, line.variance, line.value_cents) == (42, 40, -2, -700)
    assert applied == 1
    assert (await queries.level(mug)).on_hand == 37


async def test_the_log_says_which_shelf_was_counted_by_whom_and_why_it_differs():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 30, **anna.who)
    await actions.scan(session, mug, 10, **tom.who)
    shown = await shelf.revision(session)
    await actions.write_note(session, mug, "two behind the till")

    await actions.apply(session, shown, ready=1, actor="Robin")

    event = (await queries.events(mug))[0]
    assert (event.kind, event.on_hand_change, event.actor) == ("counted", -2, "Robin")
    assert event.note == "Shelf 3, counted by Anna and Tom: two behind the till"


async def test_what_moves_while_it_is_counted_is_counted_once_more():
    anna, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 30, **anna.who)
    await stock.adjust(mug, -3, reason=LOST, actor="till")
    await actions.scan(session, mug, 10, **tom.who)

    (troubled,) = (await variances.of(session)).troubled
    with pytest.raises(NothingToApply):
        await shelf.apply(session)
    await actions.set_number(session, mug, 38, seen=40, **anna.who)
    await shelf.apply(session)

    assert troubled.trouble == "The shelf changed by −3 while it was counted. Count it once more."
    assert (await queries.level(mug)).on_hand == 38


async def test_what_moves_before_the_first_scan_or_behind_the_last_does_no_harm():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin(choice=Choice.SEARCH, chosen="mug")
    await stock.adjust(mug, -1, reason=LOST, actor="till")
    await actions.scan(session, mug, 20, **anna.who)
    await actions.scan(session, mug, 20, **anna.who)
    await stock.adjust(mug, -1, reason=LOST, actor="till")

    assert await shelf.listed(session) == {"varied": ["MUG"]}


async def test_what_a_colleague_counted_since_is_counted_once_more():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 40, **anna.who)
    await stock.count(mug, 41, actor="Tom")

    (troubled,) = (await variances.of(session)).troubled
    await actions.set_number(session, mug, 40, seen=40, **anna.who)
    await shelf.apply(session)

    assert troubled.trouble.startswith("Tom counted 41 at ")
    assert troubled.trouble.endswith(". Count it once more.")
    assert (await queries.level(mug)).on_hand == 40


async def test_fewer_than_are_reserved_stay_open_and_the_rest_is_applied():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=5)
    bowl = await make.product("BOWL", on_hand=5)
    order = await make.reserved(mug, 2, customer="Mrs Okafor")
    session = await shelf.begin()
    await actions.scan(session, mug, 1, **anna.who)
    await actions.scan(session, bowl, 4, **anna.who)

    (troubled,) = (await variances.of(session)).troubled
    applied = await shelf.apply(session)
    on_hand = (await queries.level(mug)).on_hand
    await orders.cancel(order, actor="Tom")
    await shelf.apply(session)

    assert troubled.trouble.startswith("1 would be on hand, and 2 are reserved: 2 for Mrs Okafor")
    assert applied == 1
    assert on_hand == 5
    assert (await queries.level(bowl)).on_hand == 4
    assert (await queries.level(mug)).on_hand == 1


async def test_what_nobody_counted_stays_as_it_is_until_somebody_says_that_none_is_there():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    cup = await make.product("CUP", name="Blue cup", on_hand=5)
    session = await shelf.begin(choice=Choice.SEARCH, chosen="blue")
    await actions.scan(session, mug, 5, **anna.who)

    listed = await shelf.listed(session)
    await shelf.apply(session)
    untouched = (await queries.level(cup)).on_hand
    await actions.set_number(session, cup, 0, seen=None, **anna.who)
    await shelf.apply(session)

    assert listed == {"uncounted": ["CUP"], "agreed": ["MUG"]}
    assert untouched == 5
    assert (await queries.level(cup)).on_hand == 0
    assert await shelf.listed(session) == {"applied": ["CUP", "MUG"]}


async def test_one_apply_is_one_operation_and_undone_at_once_the_counts_are_open_again():
    robin = await make.clerk("Robin")
    anna, _ = await shelf.two_clerks()
    mug, bowl = [await make.product(sku, on_hand=5) for sku in ("MUG", "BOWL")]
    session = await shelf.begin()
    await actions.scan(session, mug, 3, **anna.who)
    await actions.scan(session, bowl, 9, **anna.who)
    await shelf.apply(session)
    events = await StockEvent.select(StockEvent.id, StockEvent.operation).where(
        StockEvent.kind == "counted"
    )

    said = await orders.undo(events[0]["id"], clerk=robin, actor="Robin")
    undone = await shelf.listed(session)
    after = [(await queries.level(product)).on_hand for product in (mug, bowl)]
    await shelf.apply(session)

    assert [event["operation"] for event in events] == [None, events[0]["id"]]
    assert said == "Undone for 2 products."
    assert undone == {"varied": ["BOWL", "MUG"]}
    assert after == [5, 5]
    assert [(await queries.level(product)).on_hand for product in (mug, bowl)] == [3, 9]


async def test_nothing_is_applied_that_was_not_on_the_list():
    _, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 12, **tom.who)
    shown = await shelf.revision(session)
    await actions.scan(session, mug, **tom.who)

    with pytest.raises(CountedSince, match="Something was changed since this list was shown"):
        await actions.apply(session, shown, ready=1, actor="Anna")

    assert (await queries.level(mug)).on_hand == 42
    assert await shelf.revision(session) == shown + 1


async def test_a_count_that_was_asked_for_is_done_once_it_is_applied():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    await stock.ask_for_count(mug, actor="Tom", note="found two")
    session = await shelf.begin(choice=Choice.ASKED)
    await actions.scan(session, mug, 42, **anna.who)
    still = await recounts.asked()

    await shelf.apply(session)

    assert [asked.sku for asked in still] == ["MUG"]
    assert await recounts.asked() == []


async def test_a_session_is_closed_when_all_that_was_counted_is_applied():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, **anna.who)

    with pytest.raises(NotAllApplied, match="1 count is not applied yet"):
        await actions.close(session, actor="Anna")
    await shelf.apply(session)
    await actions.close(session, actor="Anna")

    with pytest.raises(SessionEnded, match=r"Shelf 3 was closed by Anna at \d\d:\d\d"):
        await actions.close(session, actor="Tom")


async def test_what_is_abandoned_changes_no_shelf_and_can_be_taken_up_again():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 40, **anna.who)

    await actions.abandon(session, actor="Anna")
    with pytest.raises(SessionEnded):
        await shelf.apply(session)
    untouched = (await queries.level(mug)).on_hand
    await actions.reopen(session)
    await shelf.apply(session)

    assert untouched == 42
    assert (await queries.level(mug)).on_hand == 40


async def test_a_note_belongs_to_a_line_that_is_still_counted():
    anna, _ = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 40, **anna.who)

    with pytest.raises(NotFound, match=r"This product is not counted any more\."):
        await actions.write_note(session, 99, "why")
    await actions.abandon(session, actor="Anna")
    with pytest.raises(NotFound):
        await actions.write_note(session, mug, "why")

    assert (await variances.of(session)).ready[0].note == ""


@pytest.mark.parametrize(
    "change",
    [
        "counted = -1",
        "counted = 1000001",
        "event = 3",
        pytest.param("counted = 2.5", marks=pytest.mark.sqlite),  # others make it a whole number
        pytest.param("counted = 'two'", marks=pytest.mark.sqlite),
    ],
)
async def test_the_database_itself_refuses_a_count_that_cannot_be(change: str):
    anna, _ = await shelf.two_clerks()
    session = await shelf.begin()
    for sku in ("MUG", "BOWL"):
        await actions.scan(session, await make.product(sku, on_hand=1), **anna.who)
    await shelf.apply(session)
    before = await DB.fetch("SELECT counted, event FROM count_line ORDER BY id")

    with pytest.raises(DB.errors, match=r"(?i)check|unique"):
        await DB.run(DB.fetch, f"UPDATE count_line SET {change}")

    assert before == [(1, 3), (1, 4)]
    assert await DB.fetch("SELECT counted, event FROM count_line ORDER BY id") == before


async def test_a_count_that_was_undone_since_is_not_applied_unseen():
    robin, tom = await shelf.two_clerks()
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    await actions.scan(session, mug, 40, **tom.who)
    await shelf.apply(session)
    bowl = await make.product("BOWL", on_hand=9)
    await actions.scan(session, bowl, 8, **tom.who)
    shown = await shelf.revision(session)
    (counted,) = [e.id for e in await queries.events(mug) if e.kind == "counted"]
    await orders.undo(counted, clerk=robin.clerk, actor="Robin")

    with pytest.raises(CountedSince, match="Something was changed since this list was shown"):
        await actions.apply(session, shown, ready=1, actor="Anna")

    assert [(await queries.level(product)).on_hand for product in (mug, bowl)] == [42, 9]
