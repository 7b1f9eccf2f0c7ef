"""Backups while the server runs: each hour, one at a time, and given up when it ends."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app import clock
from app.backups import copying, folder, keeper, schedule
from app.backups.folder import Kind
from app.backups.keeper import Keeper
from app.database import DB
from tests import books, make

pytestmark = pytest.mark.sqlite


@pytest.fixture
async def running() -> AsyncIterator[Keeper]:
    async with (keeper := Keeper()).running():
        yield keeper


async def keep_up(keeper: Keeper) -> list[Kind]:
    """What there is when the sweeper has looked once."""
    await keeper.keep_up()
    await keeper.finish()
    return [backup.kind for backup in folder.kept()]


async def test_a_backup_is_made_each_hour_and_not_more_often(running: Keeper):
    now = clock.now()
    counts = []
    for minutes in (0, 1, 59, 60, 61, 119, 121):
        with clock.at(now + timedelta(minutes=minutes)):
            counts.append(len(await keep_up(running)))

    assert counts == [1, 1, 1, 2, 2, 2, 3]


async def test_where_the_clock_was_wrong_backups_go_on(running: Keeper):
    now = clock.now()
    with clock.at(now + timedelta(days=4_000)):
        await keep_up(running)

    assert await keep_up(running) == [Kind.SCHEDULED, Kind.SCHEDULED]


async def test_two_who_ask_at_once_get_one_backup(running: Keeper):
    await make.product(on_hand=5)

    running.begin()
    running.begin()
    await running.finish()

    (made,) = folder.kept()
    assert made.kind == Kind.ASKED
    books.balance(made.path)


async def test_a_backup_that_fails_is_told_and_tried_again_after_a_while(
    running: Keeper, shop: Path, caplog: pytest.LogCaptureFixture
):
    in_the_way = shop.parent / "backups"
    in_the_way.write_text("")
    now = clock.now()
    with caplog.at_level(logging.WARNING):
        first = await keep_up(running)
    failure = running.failure
    in_the_way.unlink()

    with clock.at(now + timedelta(minutes=9)):
        too_soon = await keep_up(running)
    with clock.at(now + timedelta(minutes=11)):
        again = await keep_up(running)

    assert failure
    assert failure.says == f"Backups cannot be kept in {in_the_way}: File exists."
    assert f"backup: {failure.says}" in caplog.text
    assert (first, too_soon, again) == ([], [], [Kind.SCHEDULED])
    assert running.failure is None


async def test_a_failure_of_the_future_keeps_no_backup_from_being_made(running: Keeper, shop: Path):
    in_the_way = shop.parent / "backups"
    in_the_way.write_text("")
    now = clock.now()
    with clock.at(now + timedelta(days=4_000)):
        await keep_up(running)
    failure = running.failure
    in_the_way.unlink()

    made = await keep_up(running)

    assert failure
    assert failure.at > now + timedelta(days=3_999)
    assert made == [Kind.SCHEDULED]
    assert running.failure is None


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the backups are to be: the place of a drive that is not there yet."""

    class Settings:
        backups = tmp_path / "drive"

    monkeypatch.setattr(folder, "settings", Settings)
    return Settings.backups


async def test_a_drive_that_is_not_there_is_told_at_the_start_and_taken_when_it_comes(
    running: Keeper, drive: Path, caplog: pytest.LogCaptureFixture
):
    now = clock.now()
    with caplog.at_level(logging.WARNING):
        running.look()
    failure = running.failure
    drive.mkdir()

    with clock.at(now + timedelta(minutes=9)):
        too_soon = await keep_up(running)
    with clock.at(now + timedelta(minutes=11)):
        again = await keep_up(running)

    says = f"Backups cannot be kept in {drive}: No such file or directory."
    assert failure
    assert failure.says == says
    assert f"backup: {says}" in caplog.text
    assert (too_soon, again) == ([], [Kind.SCHEDULED])
    assert running.failure is None


async def test_after_a_failure_another_is_made_though_there_is_one_of_this_hour(
    running: Keeper, shop: Path, drive: Path
):
    drive.mkdir()
    now = clock.now()
    with clock.at(now):
        await keep_up(running)
        drive.rename(shop.parent / "away")
        running.look()
    (shop.parent / "away").rename(drive)

    with clock.at(now + timedelta(minutes=11)):
        made = await keep_up(running)

    assert made == [Kind.SCHEDULED, Kind.SCHEDULED]
    assert running.failure is None


async def test_a_file_where_the_folder_has_to_be_is_a_mistake(running: Keeper, shop: Path):
    (shop.parent / "backups").write_text("in the way")

    with pytest.raises(folder.InTheWay):
        running.look()

    assert running.failure is None


class Asked(Event):
    """Whoever asks whether to stop is told so, but not before somebody says it."""

    def __init__(self) -> None:
        super().__init__()
        self.by_backup = Event()

    def is_set(self) -> bool:
        self.by_backup.set()
        return self.wait(10)


async def test_the_end_of_the_server_gives_up_the_backup_that_is_being_made(
    shop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    asked = Asked()
    monkeypatch.setattr("app.database.backup.OFTEN", 10)
    monkeypatch.setattr(keeper, "Event", lambda: asked)
    own = Keeper()

    async with own.running():
        own.begin()
        await asyncio.to_thread(asked.by_backup.wait)
        halves = list(folder.folder().glob(".shop-*.unfinished"))

    assert len(halves) == 1
    assert [path.name for path in folder.folder().iterdir()] == [".onhand.lock"]
    assert not own.is_at_work
    assert (caplog.text, own.failure) == ("", None)


async def test_a_backup_that_the_disk_holds_up_is_left_and_is_never_taken_for_one(
    shop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    begun, go_on, is_over = Event(), Event(), Event()

    def stuck(path: Path) -> None:
        begun.set()
        assert go_on.wait(10)

    def make(*args: Any) -> None:
        try:
            folder.keep(*args)
        finally:
            is_over.set()

    monkeypatch.setattr(copying, "sync", stuck)
    monkeypatch.setattr(keeper, "keep", make)
    monkeypatch.setattr(keeper, "PATIENCE", 0.01)
    own = Keeper()
    async with own.running():
        own.begin()
        await asyncio.to_thread(begun.wait)

    was_over, at_the_end = is_over.is_set(), folder.kept()
    go_on.set()
    await asyncio.to_thread(is_over.wait)

    assert (was_over, at_the_end, own.is_at_work) == (False, [], False)
    assert folder.kept() == []
    assert (caplog.text, own.failure) == ("", None)


@pytest.mark.parametrize("why", ["off", "PostgreSQL"])
async def test_where_others_make_the_backups_none_is_made_and_none_is_missed(
    running: Keeper, monkeypatch: pytest.MonkeyPatch, why: str
):
    class Settings:
        backups = None

    if why == "off":
        monkeypatch.setattr(schedule, "settings", Settings)
    else:
        monkeypatch.setattr(DB, "is_file", False)

    made = await keep_up(running)

    assert made == []
    assert schedule.note() == ""


@pytest.mark.parametrize(
    ("age", "says"),
    [
        (timedelta(minutes=179), ""),
        (timedelta(hours=3), "the last good backup was made 3 hours ago"),
        (timedelta(hours=47), "the last good backup was made 47 hours ago"),
        (timedelta(hours=50), "the last good backup was made 2 days ago"),
    ],
)
async def test_an_old_backup_is_noted(shop: Path, age: timedelta, says: str):
    with clock.at(clock.now() - age):
        folder.keep(Kind.SCHEDULED)

    assert schedule.note() == says


async def test_a_backup_whose_books_do_not_balance_is_not_the_last_good_one(
    shop: Path, monkeypatch: pytest.MonkeyPatch
):
    def found(*_: Any, **__: Any) -> list[str]:
        return ["a finding"]

    with clock.at(clock.now() - timedelta(hours=5)):
        good = folder.keep(Kind.SCHEDULED)
    monkeypatch.setattr("app.books.audit.findings_in", found)
    folder.keep(Kind.SCHEDULED)

    last = folder.last_good()

    assert last
    assert last.path == good
    assert schedule.note() == "the last good backup was made 5 hours ago"
