"""Many clerks count one shelf at once: every scan counts once, every count is applied once."""

import asyncio

from app.counts import actions, queries, variances
from app.counts.actions import CountedByOthers, CountedSince, NothingToApply
from app.counts.tables import CountEntry, CountLine, Subject
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import queries as stock
from tests import make
from tests.counts import shelf
from tests.counts.shelf import Clerk
from tests.races import careless

CLERKS = 10
SCANS = 20


async def clerks() -> list[Clerk]:
    return [Clerk(await make.clerk(f"Clerk {n}"), f"Clerk {n}") for n in range(CLERKS)]


async def counted(product: int) -> int:
    line = await CountLine.select(CountLine.counted).where(CountLine.product == product).first()
    assert line is not None
    return int(line["counted"])


async def test_two_hundred_scans_of_ten_clerks_at_once_add_up():
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    everybody = await clerks()

    await asyncio.gather(
        *(
            actions.scan(session, mug, 1 + n % 3, **clerk.who)
            for n in range(SCANS)
            for clerk in everybody
        )
    )

    assert await counted(mug) == CLERKS * sum(1 + n % 3 for n in range(SCANS))
    assert await CountEntry.count() == CLERKS * SCANS


async def test_whoever_reads_the_number_first_and_writes_one_more_then_loses_scans():
    """The losing control."""
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    (anna, *_) = await clerks()
    await actions.scan(session, mug, **anna.who)

    read = asyncio.Barrier(CLERKS)
    await asyncio.gather(*(careless.count_one_more(mug, read) for _ in range(CLERKS)))

    assert await counted(mug) == 2
    await careless.enter_what_is_counted(mug)


async def test_of_many_who_type_a_number_at_once_one_is_taken_and_the_others_are_told():
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    everybody = await clerks()
    await actions.scan(session, mug, 3, **everybody[0].who)

    outcomes = await asyncio.gather(
        *(
            actions.set_number(session, mug, 10 + n, seen=3, **clerk.who)
            for n, clerk in enumerate(everybody)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, CountedByOthers) for outcome in outcomes) == CLERKS - 1
    assert await counted(mug) == 10


async def test_many_who_apply_at_once_apply_once():
    mug = await make.product("MUG", on_hand=42)
    session = await shelf.begin()
    (anna, *_) = await clerks()
    await actions.scan(session, mug, 40, **anna.who)
    shown = await shelf.revision(session)

    outcomes = await asyncio.gather(
        *(actions.apply(session, shown, ready=1, actor=f"clerk {n}") for n in range(CLERKS)),
        return_exceptions=True,
    )

    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [1]
    assert sum(isinstance(outcome, CountedSince) for outcome in outcomes) == CLERKS - 1
    assert [event.on_hand_change for event in await stock.events(mug)] == [-2, 42]


async def test_shelf_counted_sold_from_and_applied_at_once_keeps_every_sale_and_every_scan():
    """Applied as often as somebody presses; sold all the time; whatever comes first."""
    mug = await make.product("MUG", on_hand=1_000)
    session = await shelf.begin()
    everybody = await clerks()
    await actions.scan(session, mug, 990, **everybody[0].who)

    async def press(clerk: Clerk) -> int:
        shown = (await queries.session(session, Subject.SHELF)).revision
        return await actions.apply(session, shown, ready=1, actor=clerk.actor)

    outcomes = await asyncio.gather(
        *(orders.place([Wanted("MUG", 1)], actor="till") for _ in range(SCANS)),
        *(press(clerk) for clerk in everybody),
        *(orders.place([Wanted("MUG", 1)], actor="till") for _ in range(SCANS)),
        return_exceptions=True,
    )

    told = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(refusal, CountedSince | NothingToApply) for refusal in told)
    assert len(told) == CLERKS - 1
    assert (await stock.level(mug)).on_hand == 990 - 2 * SCANS
    assert (await variances.of(session)).open == 0
