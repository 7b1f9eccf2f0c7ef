"""The engine for PostgreSQL: actions beside each other, each whole or not at all."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from app.database import DB, pool, postgres
from app.database.dialect import settled
from app.stock import actions as stock
from app.stock import feed
from tests import make, shops

pytestmark = pytest.mark.postgresql

FIRST, SECOND = "UPDATE note SET text = 'x' WHERE id = 1", "UPDATE note SET text = 'x' WHERE id = 2"


@pytest.fixture(autouse=True)
async def _notes(shop: Path) -> AsyncIterator[None]:
    """A table of the test's own, whose foreign key is only looked at by COMMIT."""
    await DB.run(
        DB.run_ddl,
        "CREATE TABLE note (id bigint PRIMARY KEY, text text NOT NULL, "
        "about bigint REFERENCES note DEFERRABLE INITIALLY DEFERRED)",
    )
    await DB.run(DB.run_ddl, "INSERT INTO note VALUES (1, 'a'), (2, 'b')")
    yield
    await DB.run(DB.run_ddl, "DROP TABLE note")


async def texts() -> list[str]:
    return [text for (text,) in await DB.fetch("SELECT text FROM note ORDER BY id")]


class Meeting:
    """Where two wait for each other; whoever comes again goes on."""

    def __init__(self) -> None:
        self._came = 0
        self._both = asyncio.Event()

    async def wait(self) -> None:
        self._came += 1
        if self._came == 2:
            self._both.set()
        await self._both.wait()


async def change(*steps: str, meeting: Meeting | None = None) -> str:
    """The body of an action: one statement, perhaps a meeting, the other statements."""
    for number, step in enumerate(steps):
        if number and meeting:
            await meeting.wait()
        await DB.fetch(step)
    return "done"


async def test_an_action_that_breaks_leaves_nothing_behind():
    async def breaks() -> None:
        await DB.fetch(FIRST)
        await DB.run(DB.fetch, SECOND)  # joins it
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await DB.run(breaks)

    assert await texts() == ["a", "b"]


async def test_who_leaves_while_an_action_runs_does_not_cut_it_in_half():
    begun = asyncio.Event()

    async def slow() -> None:
        await DB.fetch(FIRST)
        begun.set()
        await DB.fetch("SELECT pg_sleep(0.1)")
        await DB.fetch(SECOND)

    asked = asyncio.create_task(DB.run(slow))
    await begun.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    async with asyncio.timeout(30):
        while await texts() != ["x", "x"]:
            await asyncio.sleep(0)


async def test_two_that_wait_for_each_other_are_both_done():
    meeting = Meeting()

    done = await asyncio.gather(
        DB.run(change, FIRST, SECOND, meeting=meeting),
        DB.run(change, SECOND, FIRST, meeting=meeting),
    )

    assert list(done) == ["done", "done"]


async def test_without_beginning_again_one_of_two_that_wait_for_each_other_is_lost(
    monkeypatch: pytest.MonkeyPatch,
):
    """The losing control."""
    monkeypatch.setattr(postgres, "TRIES", 1)
    meeting = Meeting()

    done = await asyncio.gather(
        DB.run(change, FIRST, SECOND, meeting=meeting),
        DB.run(change, SECOND, FIRST, meeting=meeting),
        return_exceptions=True,
    )

    assert Counter(map(type, done)) == {str: 1, asyncpg.DeadlockDetectedError: 1}


async def test_a_turn_is_one_after_the_other():
    at_once: list[int] = []
    inside = 0

    async def takes_a_turn() -> None:
        nonlocal inside
        await DB.turn("counter", 7)
        inside += 1
        at_once.append(inside)
        await DB.fetch("SELECT pg_sleep(0.005)")
        inside -= 1

    await asyncio.gather(*(DB.run(takes_a_turn) for _ in range(8)))

    assert at_once == [1] * 8


async def test_commits_that_fail_cost_no_connection():
    """More of them than there are connections; stock Piccolo loses one with each."""

    async def dangling() -> None:
        await DB.fetch("INSERT INTO note VALUES (3, 'c', 99)")

    for _ in range(2 * pool.CONNECTIONS):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await DB.run(dangling)

    await asyncio.gather(*(DB.run(change, FIRST) for _ in range(2 * pool.CONNECTIONS)))
    assert await texts() == ["x", "b"]


async def test_a_task_that_outlives_its_action_cannot_write_into_it():
    ended = asyncio.Event()
    late: list[asyncio.Task[Any]] = []

    async def writes_later() -> None:
        await ended.wait()
        await DB.fetch(FIRST)

    async def begins_one() -> None:
        late.append(asyncio.create_task(writes_later()))

    await DB.run(begins_one)
    ended.set()

    with pytest.raises(TransactionError, match="ended"):
        await late[0]
    assert await texts() == ["a", "b"]


async def test_connections_that_the_server_ends_are_made_anew(shop: Path):
    await asyncio.gather(*(DB.run(change, FIRST) for _ in range(pool.CONNECTIONS)))

    shops.rows(
        shop,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )

    done = await asyncio.gather(
        *(DB.run(change, SECOND) for _ in range(4 * pool.CONNECTIONS)), return_exceptions=True
    )
    lost = [error for error in done if isinstance(error, BaseException)]
    assert [error for error in lost if not DB.is_passing(error)] == []
    assert len(lost) <= pool.CONNECTIONS
    assert await texts() == ["x", "x"]


async def test_a_busy_row_is_something_that_passes(shop: Path):
    with shops.beside(shop) as other:
        other.rows("BEGIN")
        other.rows(FIRST)

        async def impatient() -> None:
            await DB.fetch("SET LOCAL lock_timeout = '50ms'")
            await DB.fetch(FIRST)

        with pytest.raises(asyncpg.LockNotAvailableError) as refusal:
            await DB.run(impatient)
        other.rows("ROLLBACK")

    assert DB.is_passing(refusal.value)
    assert await DB.run(change, FIRST) == "done"


async def test_the_log_is_told_up_to_where_nobody_writes_any_more():
    mug = await make.product("MUG", on_hand=9)
    bowl = await make.product("BOWL", on_hand=9)
    seen = (await feed.events_after(0, limit=99))[-1].id
    has_written, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await stock.receive(mug, 1, actor="slow")
        has_written.set()
        while not may_commit.is_set():
            await DB.fetch("SELECT pg_sleep(0.005)")

    writing = asyncio.create_task(DB.run(slow))
    await has_written.wait()
    await stock.receive(bowl, 1, actor="quick")
    ((newest,),) = await DB.fetch("SELECT max(id) FROM stock_event")
    meanwhile = await feed.events_after(seen, limit=99)
    may_commit.set()
    await writing
    after = await feed.events_after(seen, limit=99)

    assert newest == seen + 2  # the control: whoever trusts it never hears of the slow one
    assert meanwhile == []
    assert [(event.id, event.actor) for event in after] == [
        (seen + 1, "slow"),
        (seen + 2, "quick"),
    ]


async def test_a_number_that_was_never_used_holds_nothing_back():
    mug = await make.product("MUG", on_hand=9)
    seen = (await feed.events_after(0, limit=99))[-1].id

    async def breaks() -> None:
        await stock.receive(mug, 1, actor="breaks")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await DB.run(breaks)
    await stock.receive(mug, 1, actor="quick")

    ((upto,),) = await DB.fetch(settled("stock_event", DB.engine_type))
    assert [event.id for event in await feed.events_after(seen, limit=99)] == [seen + 2]
    assert upto == seen + 2


@pytest.mark.parametrize("change", ["on_hand = -1", "reserved = 6", "on_hand = 1000000001"])
async def test_the_database_itself_refuses_a_level_that_cannot_be(change: str):
    mug = await make.product("MUG", on_hand=5)

    with pytest.raises(asyncpg.CheckViolationError):
        await DB.run(DB.fetch, f"UPDATE stock_level SET {change} WHERE product = {mug}")

    assert await DB.fetch("SELECT on_hand, reserved FROM stock_level") == [(5, 0)]


@pytest.mark.parametrize("change", ["UPDATE stock_event SET note = 'x'", "DELETE FROM stock_event"])
async def test_the_log_can_only_be_added_to(change: str):
    await make.product("MUG", on_hand=5)
    before = await DB.fetch("SELECT * FROM stock_event")

    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await DB.run(DB.fetch, change)

    assert await DB.fetch("SELECT * FROM stock_event") == before
