"""A thousand holds whose time runs out while clerks hand them over and cancel them.

Whoever comes first ends a hold, and nobody ends it again (RELIABILITY A5).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app import clock
from app.database import DB, action
from app.orders import actions as orders
from app.orders.actions import OrderClosed, Wanted
from app.orders.queries import Placed
from app.orders.tables import Order
from app.stock import queries as stock
from app.stock.tables import StockEvent
from tests import make, shops
from tests.races import careless

HOLDS = 1_000
UNITS = 2  # of the one product, in each of them
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=200)  # from one look at the clock to the next
MUG = 1


@action
async def a_thousand_holds() -> None:
    """One ends every millisecond."""
    await make.product("MUG", on_hand=HOLDS * UNITS, reorder_point=HOLDS)
    with clock.at(NOON):
        for n in range(1, HOLDS + 1):
            lasts = timedelta(milliseconds=n)
            await orders.place([Wanted("MUG", UNITS)], expires_in=lasts, actor="till")


@pytest.fixture(scope="module")
def held(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.copy_with(a_thousand_holds, empty_shop, tmp_path_factory.mktemp("held"))


@pytest.fixture(autouse=True)
async def _a_shop_with_holds(shop: Path, held: Path) -> None:
    await DB.close()
    shops.copy(held, shop)
    await DB.open()


@pytest.fixture
def _time_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    now = NOON

    def tick() -> datetime:
        nonlocal now
        now += TICK
        return now

    monkeypatch.setattr(clock, "now", tick)


async def hand_over(order_id: int) -> Placed:
    return await orders.hand_over(order_id, actor="till")


async def cancel(order_id: int) -> Placed:
    return await orders.cancel(order_id, actor="till")


End = Callable[[int], Awaitable[Placed]]


async def sweep() -> None:
    """As long as there is a hold."""
    while await Order.exists().where(Order.status == "open"):
        await orders.expire_due()


async def race(*ends: End, sweepers: int) -> Counter[str]:
    """Everybody tries to end every hold, twice, all at once. How often which way succeeded."""
    tries = [(end, order_id) for end in ends for order_id in range(1, HOLDS + 1)] * 2
    Random(20261121).shuffle(tries)

    outcomes, _ = await asyncio.gather(
        asyncio.gather(*(end(order_id) for end, order_id in tries), return_exceptions=True),
        asyncio.gather(*(sweep() for _ in range(sweepers))),
    )

    succeeded = Counter(outcome.status for outcome in outcomes if isinstance(outcome, Placed))
    refused = sum(isinstance(outcome, OrderClosed) for outcome in outcomes)
    assert succeeded.total() + refused == len(tries)
    return succeeded


async def ended() -> Counter[str]:
    """How the holds ended; each by one entry that gives back all of it."""
    events = await StockEvent.select(
        StockEvent.order_id, StockEvent.kind, StockEvent.reason, StockEvent.reserved_change
    ).where(StockEvent.reserved_change < 0)
    assert sorted(event["order_id"] for event in events) == list(range(1, HOLDS + 1))
    assert {event["reserved_change"] for event in events} == {-UNITS}
    return Counter(
        "completed" if event["kind"] == "sold" else event["reason"] or "cancelled"
        for event in events
    )


async def by_status() -> Counter[str]:
    return Counter(await Order.select(Order.status).output(as_list=True))


@pytest.mark.usefixtures("_time_goes_by")
@pytest.mark.parametrize(("end", "status"), [(hand_over, "completed"), (cancel, "cancelled")])
async def test_a_hold_expires_or_is_ended_by_a_clerk_and_never_both(end: End, status: str):
    succeeded = await race(end, sweepers=2)

    ways = await ended()
    level = await stock.level(MUG)
    assert ways == {status: succeeded[status], "expired": HOLDS - succeeded[status]}
    assert await by_status() == ways
    assert min(ways.values()) > HOLDS // 10  # it was a race
    assert (level.on_hand, level.reserved) == (UNITS * (HOLDS - ways["completed"]), 0)


async def test_a_hold_is_handed_over_or_cancelled_and_never_released_twice():
    """What was handed over may be cancelled too: then it comes back, once."""
    with clock.at(NOON):
        succeeded = await race(hand_over, cancel, sweepers=0)

    ways = await ended()
    back = await StockEvent.select(StockEvent.order_id).where(StockEvent.kind == "returned")
    level = await stock.level(MUG)
    assert succeeded == {"completed": ways["completed"], "cancelled": HOLDS}
    assert min(ways.values()) > HOLDS // 10
    assert await by_status() == {"cancelled": HOLDS}
    assert len({event["order_id"] for event in back}) == len(back) == ways["completed"]
    assert (level.on_hand, level.reserved) == (UNITS * HOLDS, 0)


async def test_whoever_looks_first_and_ends_it_then_ends_a_hold_many_times(shop: Path, held: Path):
    """The losing control."""
    outcomes = await asyncio.gather(
        *(
            careless.look_then_write(
                f"SELECT count(*) FROM orders WHERE id = {order_id} AND status = 'open'",
                lambda is_open, hold=order_id: (  # type: ignore[misc]
                    f"UPDATE orders SET status = 'cancelled' WHERE id = {hold}" if is_open else None
                ),
            )
            for order_id in range(1, 11)
            for _ in range(2)
        )
    )

    assert sum(outcomes) > 10
    await DB.close()
    shops.copy(held, shop)
