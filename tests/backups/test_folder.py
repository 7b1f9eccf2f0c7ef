"""Which backups are kept, and which files are left alone whatever they are called."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import clock
from app.backups import folder, proof
from app.backups.folder import Backup, Kind, keep, kept, last_good, outlived
from app.backups.proof import Proof
from app.database.lock import only_one

pytestmark = pytest.mark.sqlite

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def backup(taken_at: datetime, *, findings: int = 0) -> Backup:
    return Backup(Path(f"{taken_at}"), taken_at, Kind.SCHEDULED, 1, Proof("", 0, 0, findings))


def hourly(days: int, **how: int) -> list[Backup]:
    """One each hour, newest first."""
    return [backup(NOON - timedelta(hours=n), **how) for n in range(24 * days)]


def left_of(backups: list[Backup]) -> list[Backup]:
    gone = outlived(backups)
    return [b for b in backups if b not in gone]


def test_48_are_kept_and_the_last_of_30_days_and_12_months():
    backups = hourly(500)

    left = left_of(backups)

    assert left[:48] == backups[:48]
    days = Counter(b.taken_at.date() for b in left)
    assert [days[(NOON - timedelta(days=n)).date()] for n in range(4)] == [13, 24, 11, 1]
    older = [b.taken_at for b in left[48:]]
    assert all(at.hour == 23 for at in older)
    assert [f"{at:%m-%d}" for at in older[25:30]] == ["10-24", "10-23", "09-30", "08-31", "07-31"]
    assert f"{older[-1]:%Y-%m}" == "2025-12"
    assert len(left) == 48 + 27 + 10


def test_what_was_kept_once_is_kept_until_it_is_outlived():
    """Deleting after each backup keeps the same as deleting once."""
    backups: list[Backup] = []
    for newer in reversed(hourly(50)):
        backups = left_of([newer, *backups])

    assert backups == left_of(hourly(50))


def test_the_last_good_one_is_kept_however_old_it_is():
    good = backup(NOON - timedelta(days=1_000))
    backups = [*hourly(500, findings=1), good]

    assert good not in outlived(backups)
    assert backups[-2] in outlived(backups)


def test_a_shop_that_was_shut_for_years_and_one_whose_clock_was_wrong_keep_what_they_had():
    backups = [backup(NOON + timedelta(days=4_000)), *hourly(2)[:47]]

    assert outlived(backups) == set()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a day only the last one, and no other."""
    monkeypatch.setattr(folder, "RECENT", 1)
    monkeypatch.setattr(folder, "DAYS", 1)
    monkeypatch.setattr(folder, "MONTHS", 1)


@pytest.mark.usefixtures("few")
async def test_only_what_was_made_here_is_ever_deleted(shop: Path):
    first = keep(Kind.SCHEDULED)
    place = first.parent
    others = [
        place / "shop-20200101-000000-scheduled.sqlite",  # without a proof
        place / "other-20200101-000000-scheduled.sqlite",
        place / "shop-20200101-000000-mine.sqlite",
        place / "shop-20209901-000000-asked.sqlite",
        place / ".other-20200101-000000-asked.sqlite.unfinished",
        place / "takings.sqlite",
    ]
    for other in others:
        other.write_text("precious")
        if "-99" not in other.name and other != others[0]:
            proof.beside(other).write_bytes(proof.beside(first).read_bytes())

    second = keep(Kind.SCHEDULED)

    assert [b.path for b in kept()] == [second]
    assert not first.exists()
    assert not proof.beside(first).exists()
    assert [other for other in others if other.read_text() != "precious"] == []


async def test_what_a_killed_program_left_unfinished_is_cleared(shop: Path):
    place = folder.prepared()
    for name in ("", ".sha256"):
        (place / f".shop-20200101-000000-asked.sqlite.unfinished{name}").write_text("half")

    path = keep(Kind.ASKED)

    assert {p.name for p in place.iterdir()} == {".onhand.lock", path.name, f"{path.name}.sha256"}


async def test_one_backup_is_made_at_a_time(shop: Path):
    with (
        only_one(str(folder.prepared() / ".onhand")),
        pytest.raises(folder.InProgress, match="A backup is being made already"),
    ):
        keep(Kind.ASKED)

    assert kept() == []


async def test_two_backups_in_one_second_have_two_names(shop: Path):
    with clock.at(NOON):
        paths = [keep(Kind.ASKED) for _ in range(2)]

    assert [path.name for path in paths] == [
        "shop-20261121-120000-asked.sqlite",
        "shop-20261121-120001-asked.sqlite",
    ]


async def test_a_backup_of_tomorrow_is_not_the_last_good_one(shop: Path):
    with clock.at(NOON):
        today = keep(Kind.ASKED)
    with clock.at(NOON + timedelta(days=1)):
        keep(Kind.ASKED)

    with clock.at(NOON + timedelta(minutes=5)):
        last = last_good()

    assert last
    assert last.path == today


async def test_a_file_where_the_folder_has_to_be_is_refused(shop: Path):
    (shop.parent / "backups").write_text("in the way")

    with pytest.raises(folder.InTheWay, match=r"Backups cannot be kept in .*: File exists\."):
        keep(Kind.ASKED)


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of a drive that is not there yet."""
    place = tmp_path / "drive" / "onhand"
    place.parent.mkdir()

    class Settings:
        backups = place

    monkeypatch.setattr(folder, "settings", Settings)
    return place


async def test_a_folder_elsewhere_is_not_made_but_taken_when_it_is_there(shop: Path, drive: Path):
    with pytest.raises(folder.NoFolder, match="No such file or directory") as refusal:
        keep(Kind.ASKED)
    before = list(drive.parent.iterdir())
    drive.mkdir()

    made = keep(Kind.ASKED)

    assert not isinstance(refusal.value, folder.InTheWay)
    assert before == []
    assert made.parent == drive
    assert [backup.path for backup in kept()] == [made]


async def test_a_file_elsewhere_is_in_the_way(shop: Path, drive: Path):
    drive.write_text("precious")

    with pytest.raises(folder.InTheWay, match="Not a directory"):
        keep(Kind.ASKED)

    assert drive.read_text() == "precious"


async def test_where_nobody_can_look_there_are_no_backups(
    shop: Path, drive: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.backups.folder.settings.backups", drive.parent / ("long" * 99))

    with pytest.raises(folder.NoFolder, match="File name too long"):
        keep(Kind.ASKED)

    assert kept() == []
