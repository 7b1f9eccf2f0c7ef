import asyncio
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
from piccolo.engine.exceptions import TransactionError

from app.database import DB, readers
from tests.database import notes

pytestmark = pytest.mark.sqlite

FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def counting_to(most: int) -> str:
    return (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT "
        f"{most}) SELECT count(*) FROM n"
    )


async def test_a_quick_read_does_not_leave_its_place(shop: Path):
    before = notes.Held.now()

    for _ in range(100):
        await DB.fetch("SELECT 1")

    assert notes.Held.now() == before  # no thread was asked


async def test_a_slow_read_moves_to_a_thread_and_the_loop_lives_on(shop: Path):
    slow = asyncio.create_task(DB.fetch(counting_to(2_000_000)))
    beats = [monotonic()]
    while not slow.done():
        await asyncio.sleep(0.002)
        beats.append(monotonic())

    assert await slow == [(2_000_000,)]
    assert beats[-1] - beats[0] > 0.05  # it was slow indeed
    longest = max(later - earlier for earlier, later in pairwise(beats))
    assert longest < (beats[-1] - beats[0]) / 2


async def test_actions_do_not_wait_for_a_slow_read(shop: Path):
    slow = asyncio.create_task(DB.fetch(counting_to(2_000_000)))
    await asyncio.sleep(0)

    for n in range(20):
        await DB.run(notes.write, f"{n}")

    assert not slow.done()
    await slow


async def test_a_read_without_end_is_given_up(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readers, "LONGEST_READ", 0.05)

    for _ in range(4):  # each of the readers, twice
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            await DB.fetch(FOREVER)

    monkeypatch.undo()
    assert await DB.fetch(counting_to(100_000)) == [(100_000,)]


async def test_a_scan_may_take_longer_than_a_read(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readers, "LONGEST_READ", 0.01)
    monkeypatch.setattr(readers, "LONGEST_SCAN", 0.05)

    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await DB.scan(FOREVER)
    monkeypatch.setattr(readers, "LONGEST_SCAN", 60)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await DB.fetch(counting_to(1_000_000))

    assert await DB.scan(counting_to(1_000_000)) == [(1_000_000,)]


async def test_a_read_never_sees_half_of_an_action(shop: Path):
    seen: set[int] = set()

    async def twice(n: int) -> None:
        await notes.write(f"{n}")
        await notes.write(f"{n}")

    async def look() -> None:
        while len(seen) < 3:
            ((count,),) = await DB.fetch("SELECT count(*) FROM note")
            seen.add(count)
            await asyncio.sleep(0)

    await asyncio.gather(look(), *(DB.run(twice, n) for n in range(100)))

    assert {count % 2 for count in seen} == {0}


async def test_a_scan_of_a_closed_database_is_refused(shop: Path):
    await DB.close()

    with pytest.raises(TransactionError, match="the database is not open"):
        await DB.scan("SELECT 1")


async def test_a_scan_keeps_no_read_waiting(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readers, "LONGEST_SCAN", 5.0)
    scan = asyncio.create_task(DB.scan(FOREVER))
    await asyncio.sleep(0)

    for _ in range(2 * readers.THREADS):
        assert await DB.fetch(counting_to(300_000)) == [(300_000,)]  # slow, so on a thread

    assert not scan.done()
    await DB.close()
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await scan


async def test_closing_does_not_wait_for_a_scan(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readers, "LONGEST_SCAN", 5.0)
    scan = asyncio.create_task(DB.scan(FOREVER))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(1):
        await DB.close()

    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        await scan


async def test_what_begins_after_the_end_is_given_up_as_well(shop: Path):
    with closing(sqlite3.connect(shop)) as connection:
        reader = readers.Reader(connection)
        reader.give_up()

        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            reader.fetch(FOREVER, (), 3_600.0).fetchall()
