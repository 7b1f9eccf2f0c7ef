"""Who takes care of an alert: one clerk at a time, and for one crossing only."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock, words
from app.alerts import actions, queries
from app.alerts.actions import ClaimedBefore, NothingThere, NotLow, OrderedBefore
from app.alerts.care import Care, Claim, OnItsWay, Snooze, Until, cares, changes
from app.alerts.tables import AlertCare
from app.database import DB
from app.errors import NotFound, Refusal
from app.settings import settings
from app.stock import actions as stock
from tests import make

NOW = datetime(2026, 11, 20, 13, 58, tzinfo=UTC)  # a Friday
TUESDAY = date(2026, 11, 24)
CLERKS = 50


@pytest.fixture
async def mug() -> int:
    """A product that is low."""
    return await make.product("MUG", name="Blue mug", on_hand=2, reorder_point=5)


async def refused(act: Awaitable[object]) -> str:
    """The refusal of an act that changes nothing."""
    before = await AlertCare.select()
    with pytest.raises(Refusal) as refusal:
        await act
    assert await AlertCare.select() == before
    return str(refusal.value)


async def test_a_claim_says_who_and_when(mug: int):
    with clock.at(NOW):
        await actions.claim(mug, actor="Tom")

    assert await cares() == {mug: Care(claim=Claim("Tom", NOW))}


async def test_a_colleague_is_told_who_claimed_it_and_when(mug: int):
    with clock.at(NOW):
        await actions.claim(mug, actor="Tom")
        with pytest.raises(ClaimedBefore, match=r"^Tom claimed it at 13:58\.$"):
            await actions.claim(mug, actor="Anna")

    assert (await cares())[mug].claim == Claim("Tom", NOW)


async def test_ones_own_claim_once_more_changes_nothing(mug: int):
    with clock.at(NOW):
        await actions.claim(mug, actor="Tom")
    await actions.claim(mug, actor="Tom")

    assert (await cares())[mug].claim == Claim("Tom", NOW)


async def test_nobody_takes_care_of_what_is_no_longer_sold(mug: int):
    await make.archive(mug)

    for act in (
        actions.claim(mug, actor="Tom"),
        actions.snooze(mug, NOW, actor="Tom"),
        actions.order(mug, 5, TUESDAY, actor="Tom"),
    ):
        assert await refused(act) == "Blue mug is no longer sold."


async def test_only_one_of_many_clerks_gets_the_claim(mug: int):
    outcomes = await asyncio.gather(
        *(actions.claim(mug, actor=f"Clerk {n}") for n in range(CLERKS)), return_exceptions=True
    )

    winner = (await cares())[mug].claim
    assert winner
    assert [n for n, outcome in enumerate(outcomes) if outcome is None] == [int(winner.by[6:])]
    assert sum(isinstance(outcome, ClaimedBefore) for outcome in outcomes) == CLERKS - 1


async def test_whoever_looks_first_and_writes_then_is_told_to_have_what_others_have(mug: int):
    """The losing control."""
    await actions.claim(mug, actor="Nobody")
    await actions.release(mug, actor="Nobody")
    looked = asyncio.Barrier(CLERKS)

    async def claim_carelessly(name: str) -> bool:
        if (await cares()).get(mug, Care()).claim:
            return False
        await looked.wait()
        write = AlertCare.update({AlertCare.claimed_by: name, AlertCare.claimed_at: NOW})

        async def act() -> None:
            await write.where(AlertCare.product == mug)

        await DB.run(act)
        return True

    outcomes = await asyncio.gather(*(claim_carelessly(f"Clerk {n}") for n in range(CLERKS)))

    assert sum(outcomes) > 1


async def test_a_claim_is_given_up_by_whoever_has_it(mug: int):
    await actions.claim(mug, actor="Tom")

    await actions.release(mug, actor="Tom")
    await actions.claim(mug, actor="Anna")

    claim = (await cares())[mug].claim
    assert claim
    assert claim.by == "Anna"


async def test_a_colleagues_claim_is_not_ended_but_by_a_manager(mug: int):
    with clock.at(NOW):
        await actions.claim(mug, actor="Tom")
        told = await refused(actions.release(mug, actor="Anna"))

        await actions.release(mug, actor="Mia", is_manager=True)

    assert told == "Tom claimed it at 13:58. Only Tom or a manager can release it."
    assert (await cares())[mug] == Care()


async def test_what_is_not_there_cannot_be_taken_back(mug: int):
    for act, told in [
        (actions.release(mug, actor="Tom"), "Nobody has claimed Blue mug."),
        (actions.wake(mug), "Blue mug is not snoozed."),
        (actions.take_back(mug), "Blue mug is not ordered."),
    ]:
        with pytest.raises(NothingThere) as refusal:
            await act
        assert str(refusal.value) == told

    assert await AlertCare.count() == 0


async def test_a_snooze_takes_it_from_the_panel_until_its_time_has_come(mug: int):
    with clock.at(NOW):
        await actions.snooze(mug, NOW + timedelta(hours=1), actor="Anna")
        snoozed = await queries.low_stock()
    with clock.at(NOW + timedelta(minutes=59)):
        still = await cares()
    with clock.at(NOW + timedelta(hours=1)):
        later = await queries.low_stock()

    assert (snoozed["low_stock"], snoozed["snoozed"]) == ([], 1)
    assert still[mug].snooze == Snooze("Anna", NOW + timedelta(hours=1))
    assert [alert.level.sku for alert in later["low_stock"]] == ["MUG"]
    assert later["snoozed"] == 0


async def test_a_snooze_can_be_ended_by_anybody(mug: int):
    await actions.snooze(mug, clock.now() + timedelta(hours=1), actor="Anna")

    await actions.wake(mug)

    assert (await queries.low_stock())["snoozed"] == 0


async def test_tomorrow_is_eight_in_the_morning_where_the_shop_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(words, "settings", replace(settings, timezone=ZoneInfo("Asia/Tokyo")))

    with clock.at(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)):  # already Saturday in Tokyo
        moments = [until.moment() for until in (Until.HOUR, Until.TOMORROW, Until.WEEK)]

    assert moments == [
        datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
        datetime(2026, 11, 21, 23, 0, tzinfo=UTC),  # Sunday at 8 in Tokyo
        datetime(2026, 11, 27, 16, 0, tzinfo=UTC),
    ]


async def test_what_is_ordered_is_not_ordered_again(mug: int):
    with clock.at(NOW):
        await actions.order(mug, 48, TUESDAY, actor="Anna")
        with pytest.raises(OrderedBefore, match=r"^Anna ordered 48 at 13:58, due Tue\.$"):
            await actions.order(mug, 24, TUESDAY, actor="Tom")

    assert (await cares())[mug].on_its_way == OnItsWay(48, "Anna", NOW, TUESDAY)


async def test_an_order_is_taken_back_and_another_made(mug: int):
    await actions.order(mug, 48, TUESDAY, actor="Anna")

    await actions.take_back(mug)
    await actions.order(mug, 24, TUESDAY, actor="Tom")

    ordered = (await cares())[mug].on_its_way
    assert ordered
    assert (ordered.units, ordered.by) == (24, "Tom")


@pytest.mark.parametrize(
    ("day", "said"),
    [(20, "due today"), (21, "due Sat"), (26, "due Thu"), (27, "due 27 Nov"), (19, "was due Thu")],
)
def test_the_day_on_which_it_is_due_is_said_as_people_say_it(day: int, said: str):
    with clock.at(NOW):
        assert OnItsWay(1, "Anna", NOW, date(2026, 11, day)).due == said


async def test_a_new_crossing_begins_with_nothing_of_the_old(mug: int):
    await actions.claim(mug, actor="Tom")
    await actions.snooze(mug, clock.now() + timedelta(days=7), actor="Tom")
    await actions.order(mug, 48, clock.now().date(), actor="Tom")
    await stock.receive(mug, 48, actor="Anna")
    assert await cares() == {}

    await stock.count(mug, 3, actor="Anna")
    again = await cares()
    await actions.claim(mug, actor="Anna")

    assert again == {}
    assert [alert.level.sku for alert in (await queries.low_stock())["low_stock"]] == ["MUG"]
    care = (await cares())[mug]
    assert care.claim
    assert (care.claim.by, care.snooze, care.on_its_way) == ("Anna", None, None)


async def test_lower_still_is_the_same_crossing(mug: int):
    await actions.claim(mug, actor="Tom")

    await stock.count(mug, 1, actor="Anna")
    await stock.set_reorder_point(mug, 9, actor="Anna")

    assert (await cares())[mug].claim


async def test_what_is_not_low_needs_no_care():
    mug = await make.product("MUG", name="Blue mug", on_hand=9, reorder_point=5)

    for act in [
        actions.claim(mug, actor="Tom"),
        actions.snooze(mug, NOW, actor="Tom"),
        actions.order(mug, 5, TUESDAY, actor="Tom"),
    ]:
        with pytest.raises(NotLow, match=r"^Blue mug is no longer low: 9 available\.$"):
            await act

    with pytest.raises(NotFound):
        await actions.claim(mug + 1, actor="Tom")
    assert await AlertCare.count() == 0


async def test_every_change_is_a_higher_number_and_so_is_the_end_of_a_snooze(mug: int):
    numbers = [await changes()]
    with clock.at(NOW):
        for act in [
            actions.claim(mug, actor="Tom"),
            actions.release(mug, actor="Tom"),
            actions.snooze(mug, NOW + timedelta(hours=1), actor="Tom"),
            actions.order(mug, 5, TUESDAY, actor="Tom"),
            actions.take_back(mug),
        ]:
            await act
            numbers.append(await changes())
    with clock.at(NOW + timedelta(hours=2)):
        numbers.append(await changes())
        await actions.snooze(mug, NOW + timedelta(hours=3), actor="Tom")
        numbers.append(await changes())
        await actions.wake(mug)
        numbers.append(await changes())
    await stock.receive(mug, 48, actor="Anna")
    await stock.count(mug, 3, actor="Anna")
    await actions.claim(mug, actor="Anna")
    numbers.append(await changes())

    assert numbers == sorted(set(numbers))


async def test_a_refused_act_does_not_even_begin_a_row(mug: int):
    await refused(actions.release(mug, actor="Tom"))

    assert await AlertCare.count() == 0
