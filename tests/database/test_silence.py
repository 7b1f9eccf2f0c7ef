"""A database that answers nothing: its machine has lost power, or a firewall forgot the lines."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.database import DB, pool
from app.stock import actions as stock
from app.stock import queries
from tests import make, shops
from tests.wire import Wire

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def wire(shop: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """The shop is asked through it, and nobody has much patience."""
    monkeypatch.setattr(pool, "SILENCE", 0.2)
    monkeypatch.setattr(pool, "PATIENCE", 0.5)
    monkeypatch.setattr("app.database.postgres.PATIENCE", 0.5)
    await DB.close()
    async with Wire(shops.address(shop)).laid() as wire:
        DB.shop = wire.address
        await DB.open()
        await DB.warm()
        yield wire
        await DB.close()
    DB.shop = shops.address(shop)
    await DB.open()


async def receive_each(mug: int, times: int) -> list[BaseException]:
    """So many at once receive one. Returns what went wrong."""
    receipts = (stock.receive(mug, 1, actor="Robin") for _ in range(times))
    done = await asyncio.gather(*receipts, return_exceptions=True)
    return [outcome for outcome in done if isinstance(outcome, BaseException)]


@pytest.mark.parametrize("at_once", [1, pool.CONNECTIONS])
async def test_lines_that_fall_silent_are_given_up_and_others_laid(wire: Wire, at_once: int):
    mug = await make.product("MUG", on_hand=5)

    wire.fall_silent()
    wrong = await receive_each(mug, at_once)
    after = await receive_each(mug, at_once)  # also by those whose line nobody had tried

    assert [str(error) for error in wrong] == ["the database answers nothing"] * at_once
    assert all(DB.is_passing(error) for error in wrong)
    assert after == []
    assert (await queries.level(mug)).on_hand == 5 + at_once


async def test_without_an_end_to_patience_they_are_waited_for(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
):
    """The losing control."""
    monkeypatch.setattr(pool, "SILENCE", None)
    await DB.close()
    await DB.open()

    wire.fall_silent()

    with pytest.raises(TimeoutError, match=r"^$"):  # the test's own
        async with asyncio.timeout(1):
            await DB.fetch("SELECT 1")


async def test_a_server_that_ends_does_not_wait_for_silent_lines(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pool, "SILENCE", None)
    await DB.close()
    await DB.open()
    asked = asyncio.Event()

    async def never_ends() -> None:
        await DB.fetch("SELECT 1")
        wire.fall_silent()
        asked.set()
        await DB.fetch("SELECT 1")

    acting = asyncio.create_task(DB.run(never_ends))
    await asked.wait()

    await DB.close()

    with pytest.raises(Exception, match="closed") as told:
        await acting
    assert DB.is_passing(told.value)


async def test_nobody_waits_longer_than_that_for_a_line(wire: Wire):
    all_busy, release = asyncio.Barrier(pool.CONNECTIONS + 1), asyncio.Event()

    async def keep_it() -> None:
        await all_busy.wait()
        await release.wait()

    busy = [asyncio.create_task(DB.run(keep_it)) for _ in range(pool.CONNECTIONS)]
    await all_busy.wait()

    with pytest.raises(TimeoutError, match="no connection to the database is free") as told:
        await DB.fetch("SELECT 1")
    release.set()
    await asyncio.gather(*busy)

    assert DB.is_passing(told.value)


async def test_a_database_that_is_not_there_is_something_that_passes(shop: Path):
    await DB.close()
    DB.shop = "postgresql://onhand@127.0.0.1:9/onhand"

    with pytest.raises(OSError, match=r"refused|failed"):
        await DB.open()

    DB.shop = shops.address(shop)
    await DB.open()


async def test_a_mistake_of_ours_does_not_pass(shop: Path):
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument") as told:
        await DB.fetch("SELECT $1::bigint")

    assert not DB.is_passing(told.value)


async def test_what_takes_its_time_is_not_cut_off_and_all_else_is(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(pool.SETTINGS, "statement_timeout", "50ms")
    monkeypatch.setattr(pool, "SILENCE", 0.1)
    await DB.close()
    await DB.open()

    async def slowly(*, with_time: bool) -> str:
        if with_time:
            await DB.take_time()
        await DB.fetch("SELECT pg_sleep(0.2)")
        return "done"

    with pytest.raises((asyncpg.QueryCanceledError, TimeoutError)) as told:
        await DB.run(slowly, with_time=False)

    assert DB.is_passing(told.value)
    assert await DB.run(slowly, with_time=True) == "done"
