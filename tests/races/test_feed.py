"""Thirty-two writers and one who reads the log meanwhile: every event once, in order."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from app.database import DB, Prepared
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock import feed, queries
from app.stock.actions import InsufficientStock
from app.stock.tables import StockEvent
from tests import api, make, shops

WRITERS = 32
EACH = 12
ROOT = Path(__file__).parents[2]


async def write(number: int, products: list[tuple[str, int]], times: int) -> None:
    """What one till does: sells, receives, and is refused now and then."""
    chance = random.Random(number)
    for _ in range(times):
        (sku, product), (other, _) = chance.sample(products, 2)
        try:
            if chance.random() < 0.3:
                await stock.receive(product, chance.randint(1, 3), actor=f"till {number}")
            else:
                wanted = [Wanted(sku, chance.randint(1, 2)), Wanted(other, 1)]
                await orders.place(wanted, actor=f"till {number}")
        except InsufficientStock:
            await asyncio.sleep(0)


async def import_elsewhere(shop: Path, sheet: Path) -> None:
    """Another process writes into the same file."""
    rows = "".join(f"NEW-{n},New {n},{n}\n" for n in range(200))
    sheet.write_text(f"sku,name,on_hand\n{rows}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "import", str(sheet)),
        env={"ONHAND_DATABASE": str(shop), "PATH": ""},
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said


async def follow(till: httpx.AsyncClient, done: asyncio.Event) -> list[int]:
    """Poll ``/v1/events`` until nothing more is to come. Returns what was seen."""
    seen: list[int] = []
    after = 0
    while True:
        is_over = done.is_set()
        page = (await till.get(f"/v1/events?after={after}&limit=7")).json()
        seen += [event["id"] for event in page["items"]]
        after = page["last_id"]
        if is_over and not page["items"]:
            return seen
        await asyncio.sleep(0)


async def test_whoever_polls_while_many_write_sees_every_event_once_in_order(
    shop: Path, tmp_path: Path, thorough: int
):
    products = [
        (f"MUG-{n}", await make.product(f"MUG-{n}", on_hand=30, reorder_point=20)) for n in range(8)
    ]
    done = asyncio.Event()

    async with api.program() as till:
        following = asyncio.create_task(follow(till, done))
        await asyncio.gather(
            *(write(number, products, EACH * thorough) for number in range(WRITERS)),
            import_elsewhere(shop, tmp_path / "goods.csv"),
        )
        done.set()
        seen = await following

    with shops.beside(shop) as connection:
        written = [row[0] for row in connection.rows("SELECT id FROM stock_event ORDER BY id")]
    assert seen == written
    assert len(written) > WRITERS * EACH


Read = Callable[[int], Awaitable[list[int]]]


async def trusting(after: int) -> list[int]:
    """Whatever is there behind the last one seen, as if numbers were committed in their order."""
    rows = await DB.fetch("SELECT id FROM stock_event WHERE id > ? ORDER BY id", [after])
    return [row[0] for row in rows]


async def settled(after: int) -> list[int]:
    """What the feed tells."""
    return [event.id for event in await feed.events_after(after, limit=200)]


async def follow_late_commits(shop: Path, mug: int, read: Read) -> tuple[list[int], list[int]]:
    """What is seen and what is there, where number 101 is given out first and committed last."""
    seen: list[int] = []
    for number in (102, 103, 101, 104):
        commit(shop, mug, number)
        seen += await read(max(seen, default=100))
    return seen, [101, 102, 103, 104]


def commit(shop: Path, product: int, number: int) -> None:
    """An event with a number that was given out before, as PostgreSQL commits them."""
    with shops.beside(shop) as connection:
        connection.rows(
            "INSERT INTO stock_event (id, product, kind, on_hand_change, reserved_change, on_hand, "
            "reserved, note, actor, happened_at) "
            "VALUES (?, ?, 'adjusted', 0, 0, 0, 0, '', 'kim', '2026-11-20 12:00:00')",
            (number, product),
        )


async def test_whoever_trusts_the_newest_number_loses_one_that_is_committed_late(shop: Path):
    """The losing control."""
    mug = await make.product("MUG")

    seen, there = await follow_late_commits(shop, mug, trusting)

    assert 101 in there
    assert 101 not in seen


async def test_a_feed_that_waits_for_what_is_settled_loses_none(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    """What PostgreSQL has to say of ``settled``, said here of numbers without a gap."""
    mug = await make.product("MUG")
    gapless = (
        "SELECT 100 + count(*) FROM stock_event e WHERE id > 100 AND "
        "(SELECT count(*) FROM stock_event f WHERE f.id > 100 AND f.id <= e.id) = e.id - 100"
    )
    monkeypatch.setattr(queries, "_LAST_EVENT", Prepared(StockEvent.raw(gapless), int))

    seen, there = await follow_late_commits(shop, mug, settled)

    assert seen == there
