"""A thousand holds whose time ends at one moment, while the shop sells."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

from app import clock
from app.database import DB
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests.bench.load import Round, paced
from tests.bench.report import ms
from tests.bench.served import Served
from tests.bench.session import Session

HOLDS, LINES = 1_000, 2
PLACED_AT_ONCE = 50
PACE = 100.0  # sales a second
LEAD = timedelta(seconds=2)  # from the first sale to the end of the holds
SECONDS = 6.0


async def measure(session: Session) -> None:
    """Nobody waits long for the sweeper, and it releases every hold once."""
    report, shop = session.report, session.largest
    calm, busy, tidy_after = [], [], []
    for _ in range(session.rounds):
        calm.append(await _sell(shop))
        over_at = await _put_aside(shop)
        busy.append(await _sell(shop))
        released, last = _released(shop, over_at)
        tidy_after.append((last - over_at).total_seconds())
        if released != HOLDS * LINES:
            report.problems.append(f"expiry: {released} lines of {HOLDS} holds released")
    report.part(f"{HOLDS:,} holds of {LINES} lines expire at one moment, {PACE:.0f} sales a second")
    report.row("nothing expires", calm)
    note = f"all released {max(tidy_after):.1f} s after their end"
    report.row("they expire meanwhile", busy, note=note)
    report.bound("expiry: the slowest sale", _slowest(busy), lambda v: v < 200, "< 200 ms")
    report.bound("expiry: p99 of sales", ms(busy, 0.99), lambda v: v < 50, "< 50 ms")


async def _sell(shop: Served) -> Round:
    return shop.note(await paced(shop.target, 64, shop.orders(int(PACE * SECONDS)), PACE))


async def _put_aside(shop: Served) -> datetime:
    """From a process beside the server, as the command line would."""
    DB.shop = str(shop.path)
    await DB.open(checkpoints=False)
    over_at = clock.now() + LEAD
    for _ in range(HOLDS // PLACED_AT_ONCE):
        await DB.run(_place, shop.skus, over_at)
    await DB.close()
    return over_at


async def _place(skus: Sequence[str], over_at: datetime) -> None:
    now = clock.now()
    with clock.at(now):
        for _ in range(PLACED_AT_ONCE):
            wanted = [Wanted(sku, 1) for sku in random.sample(skus, LINES)]
            await orders.place(wanted, expires_in=over_at - now, actor="bench")


def _released(shop: Served, over_at: datetime) -> tuple[int, datetime]:
    """How many lines of the holds that ended then, and when the last of them."""
    with closing(sqlite3.connect(shop.path)) as connection:
        ((lines, last),) = connection.execute(
            "SELECT count(*), max(e.happened_at) FROM stock_event e "
            "JOIN orders o ON o.id = e.order_id WHERE e.reason = 'expired' AND o.expires_at = ?",
            [str(over_at)],
        ).fetchall()
    return lines, datetime.fromisoformat(last) if last else over_at


def _slowest(rounds: Sequence[Round]) -> float:
    return 1000 * max(max(this.latencies) for this in rounds)
