"""Faults that the process survives: a foreign lock, a COMMIT that fails, a disk that is full."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from app.database import DB, writer
from app.stock import queries as stock
from tests import make
from tests.database import notes

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).parents[2]


@contextmanager
def foreign_lock(path: Path) -> Iterator[None]:
    """Another program writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        yield


async def about_nothing(text: str) -> None:
    """The body of an action that only its COMMIT finds to be wrong."""
    await DB.fetch("INSERT INTO note (text, about) VALUES (?, 999)", [text])


async def large(text: str) -> None:
    await DB.fetch("INSERT INTO note (text) VALUES (? || hex(zeroblob(200000)))", [text])


@contextmanager
def no_more_pages(pages: int) -> Iterator[None]:
    """The disk has room for so many pages of 4 KB, and for none beyond."""
    connection = notes.writer()
    ((used,),) = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count = {used + pages}").fetchall()
    yield
    connection.execute("PRAGMA max_page_count = 1000000").fetchall()


async def test_while_another_program_writes_reads_are_quick_and_actions_wait(shop: Path):
    mug = await make.product("MUG-BLUE", on_hand=5)

    with foreign_lock(shop):
        waiting = [asyncio.create_task(DB.run(notes.write, f"{n}")) for n in range(3)]
        beats = []
        for _ in range(100):
            beats.append(monotonic())
            assert (await stock.level(mug)).on_hand == 5
            await asyncio.sleep(0.001)
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)

    assert max(later - earlier for earlier, later in pairwise(beats)) < 0.25
    assert notes.outside(shop) == ["0", "1", "2"]


async def test_a_lock_held_for_too_long_is_told_to_everybody_who_waits(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "PATIENCE", 0.05)
    began = monotonic()

    with foreign_lock(shop):
        outcomes = await asyncio.gather(
            *(DB.run(notes.write, f"{n}") for n in range(100)), return_exceptions=True
        )
    await DB.run(notes.write, "later")

    assert {repr(outcome) for outcome in outcomes} == {"OperationalError('database is locked')"}
    assert monotonic() - began < 2  # all at once, not one after the other
    assert notes.outside(shop) == ["later"]


async def test_a_lock_that_is_never_let_go_leaks_nothing(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "PATIENCE", 0)
    await DB.run(notes.write, "first")
    before = notes.Held.now()

    with foreign_lock(shop):
        for _ in range(30):
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                await DB.run(notes.write, "never")

    assert not before.has_leaked()
    assert notes.is_free(shop)


async def test_a_commit_that_fails_is_told_to_its_whole_group_and_keeps_nothing(shop: Path):
    outcomes = await asyncio.gather(
        DB.run(notes.write, "before"),
        DB.run(about_nothing, "wrong"),
        DB.run(notes.write, "after"),
        return_exceptions=True,
    )

    assert {repr(outcome) for outcome in outcomes} == {
        "IntegrityError('FOREIGN KEY constraint failed')"
    }
    assert notes.outside(shop) == []
    assert notes.is_free(shop)


async def test_a_commit_that_fails_spares_the_group_behind_it(shop: Path):
    outcomes = await asyncio.gather(
        DB.run(about_nothing, "wrong"),
        *(DB.run(notes.write, f"{n}") for n in range(70)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, sqlite3.IntegrityError) for outcome in outcomes) == 64
    assert notes.outside(shop) == [f"{n}" for n in range(63, 70)]


async def test_commits_that_fail_leak_nothing(shop: Path):
    await DB.run(notes.write, "first")
    before = notes.Held.now()

    for _ in range(50):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
            await DB.run(about_nothing, "wrong")
    await DB.run(notes.write, "last")

    assert not before.has_leaked()
    assert notes.outside(shop) == ["first", "last"]


async def test_an_action_for_which_the_disk_has_no_room_keeps_nothing(shop: Path):
    with no_more_pages(10):
        with pytest.raises(sqlite3.OperationalError, match="database or disk is full"):
            await DB.run(large, "alone")
        outcomes = await asyncio.gather(
            DB.run(notes.write, "before"),
            DB.run(large, "large"),
            DB.run(notes.write, "after"),
            return_exceptions=True,
        )
        told = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        assert isinstance(outcomes[1], sqlite3.OperationalError)
        assert notes.outside(shop) == told  # whoever was told so is there, and nobody else
    await DB.run(large, "later")

    assert notes.outside(shop)[-1].startswith("later")
    assert notes.is_free(shop)


async def test_a_commit_that_the_disk_refuses_is_told_to_its_whole_group(shop: Path):
    before = notes.Held.now()

    with notes.files_cannot_grow(shop):
        outcomes = await asyncio.gather(
            *(DB.run(large, f"{n}") for n in range(3)), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {sqlite3.OperationalError}
        assert notes.outside(shop) == []
    await DB.run(notes.write, "later")

    assert notes.outside(shop) == ["later"]
    assert not before.has_leaked()


async def test_an_action_that_overlooks_a_lost_transaction_is_not_believed(shop: Path):
    """Some errors undo all that went before; who swallows one must not be told that it is done."""

    async def swallow() -> str:
        await notes.write("before")
        with pytest.raises(sqlite3.IntegrityError):
            await DB.fetch("INSERT OR ROLLBACK INTO note (text) VALUES (NULL)")
        return "done"

    alone = await asyncio.gather(DB.run(swallow), return_exceptions=True)
    company = await asyncio.gather(
        DB.run(notes.write, "first"), DB.run(swallow), return_exceptions=True
    )

    assert [str(outcome) for outcome in alone + company] == ["the transaction was given up"] * 3
    assert notes.outside(shop) == []


SCRIPT = """
from app.database import DB
import asyncio, sqlite3, sys, threading
from tests.database import notes
from tests.database.test_faults import about_nothing

async def main():
    DB.shop = sys.argv[1]
    await DB.open()
    await notes.table()
    for _ in range(3):
        try:
            await DB.run(about_nothing, "wrong")
        except sqlite3.IntegrityError as error:
            print(error)

asyncio.run(main())  # and the database was never closed
print(threading.active_count() > 1)
"""


def test_a_process_in_which_commits_failed_can_end(tmp_path: Path):
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "shop.sqlite")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )

    assert ended.stdout.splitlines() == ["FOREIGN KEY constraint failed"] * 3 + ["True"]
    assert ended.stderr == ""


# The losing control: the same failing COMMIT through Piccolo's own engine.
STOCK = """
import app
import asyncio, os, sqlite3, sys
from piccolo.engine.sqlite import SQLiteEngine

async def main():
    stock = SQLiteEngine(sys.argv[1])
    await stock.run_ddl("CREATE TABLE note (id INTEGER PRIMARY KEY, "
        "about INTEGER REFERENCES note DEFERRABLE INITIALLY DEFERRED)")
    try:
        async with stock.transaction():
            await stock.run_ddl("INSERT INTO note (about) VALUES (999)")
    except Exception as error:
        print(error)
    other = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        print(error)
    sys.stdout.flush()
    os._exit(0)  # it would not end by itself

asyncio.run(main())
"""


def test_with_the_stock_engine_a_failed_commit_keeps_the_lock_for_ever(tmp_path: Path):
    ended = subprocess.run(
        [sys.executable, "-c", STOCK, str(tmp_path / "stock.sqlite")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )

    assert ended.stdout.splitlines() == ["FOREIGN KEY constraint failed", "database is locked"]
