"""A second PostgreSQL that follows the first: it reads what may be some seconds old, or nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app.books import audit
from app.database import DB
from app.database import replica as replicas
from app.database.postgres import PostgresEngine
from app.database.replica import Replica
from app.settings import settings
from app.stock import actions as stock
from tests import make, screen
from tests.postgres import Cluster, running

pytestmark = pytest.mark.postgresql

EVENTS = "SELECT count(*) FROM stock_event"


@pytest.fixture(scope="module")
def follower() -> Iterator[Cluster]:
    with running(following=settings.database) as follower:
        yield follower


@pytest.fixture
async def replica(shop: Path, follower: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """Another look at what the follower has of this shop; it follows again afterwards."""
    address = at(follower.port)
    await DB.run(DB.run_ddl, "CREATE TABLE followed ()")
    async with asyncio.timeout(20):
        connection = None
        while connection is None:
            try:
                connection = await asyncpg.connect(address)
            except asyncpg.InvalidCatalogNameError:  # the database is not there yet
                await asyncio.sleep(0.01)
        await caught_up(connection)
    try:
        async with using(address):
            yield connection
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_wal_replay_resume()")
            await connection.close()
        await DB.run(DB.run_ddl, "DROP TABLE followed")


def at(port: int) -> str:
    """This shop, at another server."""
    parts = urlsplit(DB.shop)
    return urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}"))


@asynccontextmanager
async def using(address: str) -> AsyncIterator[Replica]:
    """What ``ONHAND_REPLICA`` says."""
    assert isinstance(DB, PostgresEngine)
    DB.replica = Replica(address)
    await DB.replica.open()
    try:
        yield DB.replica
    finally:
        await DB.replica.close()
        DB.replica = None


async def caught_up(replica: asyncpg.Connection) -> None:
    ((here,),) = await DB.fetch("SELECT pg_current_wal_lsn()::text")
    while not await replica.fetchval("SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", here):
        await asyncio.sleep(0.01)


async def behind() -> int:
    """How many events somebody sees who does not mind to be late."""
    with DB.behind():
        ((count,),) = await DB.fetch(EVENTS)
    return int(count)


async def test_what_may_be_late_is_read_there_and_all_else_here(replica: asyncpg.Connection):
    await make.product("MUG", on_hand=5)
    await caught_up(replica)
    await replica.execute("SELECT pg_wal_replay_pause()")
    await make.product("CUP", on_hand=5)

    assert await DB.fetch(EVENTS) == [(2,)]
    assert await behind() == 1
    with DB.behind():
        assert await DB.scan(EVENTS) == [(1,)]
        assert await DB.run(DB.fetch, EVENTS) == [(2,)]  # an action decides by what it reads


async def test_a_spreadsheet_and_the_look_through_the_books_read_there(replica: asyncpg.Connection):
    mug = await make.product("MUG", on_hand=5)
    async with screen.clerk() as robin:
        await caught_up(replica)
        await replica.execute("SELECT pg_wal_replay_pause()")
        await stock.receive(mug, 1, actor="Kim")

        saved = await robin.client.get("/activity/export")
        shown = await robin.get("/activity")
        look = await audit.look()

    assert [line.split(",")[0] for line in saved.text.splitlines()[1:]] == ["1"]
    assert "Received +1 5 → 6 Kim" in shown.words  # what somebody looks at is of now
    assert (look.last_event, look.findings) == (1, [])


async def test_one_that_is_too_late_is_not_asked(
    replica: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(replicas, "LATE", 0.0)
    await make.product("MUG", on_hand=5)
    await caught_up(replica)
    await replica.execute("SELECT pg_wal_replay_pause()")
    await make.product("CUP", on_hand=5)
    ((here,),) = await DB.fetch("SELECT pg_current_wal_lsn()::text")
    received = "SELECT pg_last_wal_receive_lsn() >= $1::text::pg_lsn"
    while not await replica.fetchval(received, here):
        await asyncio.sleep(0.01)

    assert await behind() == 2
    assert "it does not follow the database, or too slowly" in caplog.text


async def test_a_server_that_follows_nobody_is_not_asked(
    shop: Path, caplog: pytest.LogCaptureFixture
):
    """Somebody wrote the address of another shop."""
    await make.product("MUG", on_hand=5)

    async with using(settings.database):
        assert await behind() == 1

    assert "it does not follow" in caplog.text


async def test_one_that_is_away_keeps_nobody_waiting_and_is_asked_again_later(
    shop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    await make.product("MUG", on_hand=5)

    async with using(at(port)) as replica:
        assert [await behind(), await behind()] == [1, 1]
        assert caplog.text.count("the replica is not asked") == 1

        monkeypatch.setattr(replica, "_away_until", 0.0)
        assert await behind() == 1
    assert caplog.text.count("the replica is not asked") == 2


async def test_one_that_crashes_is_used_again(
    replica: asyncpg.Connection, follower: Cluster, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(replicas, "AWAY", 0.0)
    await make.product("MUG", on_hand=5)
    await caught_up(replica)
    assert await behind() == 1

    follower.stop("immediate")
    assert await behind() == 1

    follower.start()
    again = await asyncpg.connect(at(follower.port))
    await caught_up(again)
    await again.execute("SELECT pg_wal_replay_pause()")
    await make.product("CUP", on_hand=5)
    assert await behind() == 1
    await again.execute("SELECT pg_wal_replay_resume()")
    await again.close()
