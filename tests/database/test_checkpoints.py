import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from app.database import DB, checkpoints
from app.database.checkpoints import SAFE_VERSION
from tests.database import notes

pytestmark = [
    pytest.mark.skipif(
        sqlite3.sqlite_version_info < SAFE_VERSION, reason="there the writer makes the checkpoints"
    ),
    pytest.mark.sqlite,
]

PAGE = 4096


@pytest.fixture(autouse=True)
async def often(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints come so often, and a WAL is long so soon, that a test need not wait for them."""
    monkeypatch.setattr(checkpoints, "PAUSE", 0.005)
    monkeypatch.setattr(checkpoints, "LONG_WAL", 200)
    await DB.close()
    await DB.open()


def wal_pages(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size // PAGE


async def write_steadily(notes_each: int, clients: int = 32) -> float:
    """Everybody writes 4 KB notes without a pause. Returns how long the slowest one waited."""
    slowest = 0.0

    async def client() -> None:
        nonlocal slowest
        for _ in range(notes_each):
            began = monotonic()
            await DB.run(notes.write, "x" * PAGE)
            slowest = max(slowest, monotonic() - began)

    await asyncio.gather(*(client() for _ in range(clients)))
    return slowest


async def until_moved(path: Path, text: str) -> None:
    """Wait until it is in the file itself."""
    while text.encode() not in path.read_bytes():
        await asyncio.sleep(0.001)


async def test_the_wal_stays_short_while_everybody_writes(shop: Path):
    await write_steadily(150)

    assert len(notes.outside(shop)) == 4800  # more than as many pages
    assert wal_pages(shop) < 2000


async def test_without_a_moment_between_commits_the_wal_grows_and_grows(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    """The losing control: checkpoints beside the writer alone hardly ever reach its end."""
    monkeypatch.setattr(checkpoints, "LONG_WAL", 1_000_000)

    await write_steadily(150)

    assert wal_pages(shop) > 2000


async def test_what_was_committed_is_moved_into_the_file_soon(shop: Path):
    await DB.run(notes.write, "moved soon")

    await asyncio.wait_for(until_moved(shop, "moved soon"), 30)


async def test_a_long_reader_does_not_make_the_writers_wait(shop: Path):
    with closing(sqlite3.connect(shop, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM note").fetchall()

        slowest = await asyncio.wait_for(write_steadily(100), 10)

        assert wal_pages(shop) > 3000  # it could not begin anew
    assert slowest < 1


async def test_a_checkpoint_that_fails_disturbs_nobody_and_is_made_up_for(
    shop: Path, caplog: pytest.LogCaptureFixture
):
    """It fails in earnest: a connection cannot checkpoint within its own transaction."""
    writer = notes.engine()._writer
    assert writer
    assert writer._checkpointer
    in_the_way = writer._checkpointer._connection
    in_the_way.execute("BEGIN")
    in_the_way.execute("SELECT count(*) FROM note").fetchall()

    with caplog.at_level(logging.WARNING):
        for _ in range(500):
            await DB.run(notes.write, "x" * 100_000)
            if "checkpoint: database table is locked" in caplog.text:
                break
        else:
            pytest.fail("no checkpoint failed")
    in_the_way.execute("ROLLBACK")
    await DB.run(notes.write, "the last one")

    await asyncio.wait_for(until_moved(shop, "the last one"), 30)
    assert notes.outside(shop)[-1] == "the last one"


async def test_what_is_committed_while_a_checkpoint_runs_is_moved_by_the_next(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    writer = notes.engine()._writer
    assert writer
    assert writer._checkpointer
    move = writer._checkpointer._checkpoint
    moved, go_on = asyncio.Event(), asyncio.Event()

    async def takes_its_time(mode: str) -> int:
        length = await move(mode)
        moved.set()
        await go_on.wait()
        return length

    monkeypatch.setattr(writer._checkpointer, "_checkpoint", takes_its_time)
    await DB.run(notes.write, "the first one")
    await moved.wait()

    await DB.run(notes.write, "the late one")
    go_on.set()

    await asyncio.wait_for(until_moved(shop, "the late one"), 5)


async def test_beside_a_server_nobody_checkpoints(shop: Path):
    await DB.close()
    await DB.open(checkpoints=False)

    with closing(sqlite3.connect(shop)) as somebody_else:
        somebody_else.execute("SELECT 1 FROM note").fetchall()
        await DB.run(notes.write, "x" * 8_000_000)

        assert wal_pages(shop) > 1900
        assert shop.stat().st_size < 1_000_000
        await DB.close()
        assert wal_pages(shop) > 1900
