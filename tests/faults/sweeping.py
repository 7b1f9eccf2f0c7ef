"""A sweeper in a process of its own: ``python -m tests.faults.sweeping [careless]``.

It says when it is ready, begins when it is told to, says that it has begun and goes on when it is
told to; then it says after each step how many holds it has let expire until there are none left.
The careless one looks first, and ends then what it has seen.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from app import clock, sweeper
from app.database import DB
from app.orders import queries
from tests import shops


async def sweep(step: Callable[[], Awaitable[int]]) -> None:
    await DB.open(checkpoints=False)
    _say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    expired, has_begun = 0, False
    while await queries.is_any_due():
        expired += await step()
        if not has_begun:
            has_begun = True
            _say("begun")
            await asyncio.to_thread(sys.stdin.readline)
        _say(str(expired))
        await asyncio.sleep(0)
    await DB.close()


async def expire_carelessly() -> int:
    seen = await DB.fetch(
        shops.marked("SELECT id FROM orders WHERE status = 'open' AND expires_at < ? LIMIT 50"),
        [clock.now()],
    )
    among = ", ".join(str(order_id) for (order_id,) in seen)
    await DB.run(DB.fetch, f"UPDATE orders SET status = 'expired' WHERE id IN ({among})")
    return len(seen)


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    is_careless = "careless" in sys.argv
    asyncio.run(sweep(expire_carelessly if is_careless else sweeper.expire))
