"""The folder of the backups: which there are, by their names, and which are needed no longer."""

import os
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import NamedTuple

from app import clock, words
from app.backups import proof
from app.backups.checking import NEVER
from app.backups.copying import UNFINISHED, copy
from app.backups.proof import Proof
from app.database import DB
from app.database.lock import Locked, only_one
from app.errors import Refusal
from app.settings import settings

RECENT, DAYS, MONTHS = 48, 30, 12  # how many are kept: all, the last of a day, of a month

_TIME = "%Y%m%d-%H%M%S"


class Kind(StrEnum):
    SCHEDULED = "scheduled"
    ASKED = "asked"
    BEFORE_UPGRADE = "before-upgrade"


class Backup(NamedTuple):
    """A copy that was checked when it was made."""

    path: Path
    taken_at: datetime
    kind: Kind
    size: int  # bytes
    proof: Proof

    @property
    def is_good(self) -> bool:
        """Whether the books balanced, too."""
        return self.proof.findings == 0


class InProgress(Refusal):
    """A backup is being made already."""

    def __init__(self) -> None:
        super().__init__("A backup is being made already.")


class NoFolder(Refusal):
    """Nothing can be kept where backups are to be."""

    def __init__(self, place: Path, why: str) -> None:
        super().__init__(f"Backups cannot be kept in {place}: {why}.")


class InTheWay(NoFolder):
    """Something else is there: the setting is wrong, or what lies there."""


class NoFile(Refusal):
    """This shop is backed up by the tools of its database."""

    def __init__(self) -> None:
        super().__init__("PostgreSQL keeps this shop; pg_dump makes its backups.")


def folder() -> Path:
    """Where backups are kept."""
    return Path(DB.shop).parent / (settings.backups or "backups")


def prepared() -> Path:
    """The folder; raises NoFolder, or NoFile. Beside the shop it is made if it is missing.

    Elsewhere it is not: that may be the place of a drive that is to come.
    """
    if not DB.is_file:
        raise NoFile
    place = folder()
    try:
        if settings.backups is None or not settings.backups.is_absolute():
            place.mkdir(mode=0o700, exist_ok=True)
        os.scandir(place).close()
    except (FileExistsError, NotADirectoryError) as error:
        raise InTheWay(place, str(error.strerror)) from None
    except OSError as error:
        raise NoFolder(place, str(error.strerror)) from None
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        raise NoFolder(place, "this account cannot write there")
    return place


def kept() -> list[Backup]:
    """The backups of this shop, newest first; none where nobody can look at the moment."""
    try:
        found = [_backup(path) for path in folder().glob("*.sqlite")] if DB.is_file else []
    except OSError:
        return []
    return sorted(filter(None, found), key=lambda backup: backup.taken_at, reverse=True)


def last_good() -> Backup | None:
    """The newest of which all is well. One from the future, by a clock that was wrong, is none."""
    now = clock.now()
    return next((b for b in kept() if b.is_good and b.taken_at <= now), None)


def keep(kind: Kind, stop: Event = NEVER) -> Path:
    """Make one more backup, and delete those that are needed no longer now that it is there."""
    try:
        with only_one(str(prepared() / ".onhand")):
            _clear_unfinished()
            path = _free_name(kind)
            copy(Path(DB.shop), path, stop)
            for backup in outlived(kept()):
                backup.path.unlink()
                proof.beside(backup.path).unlink()
    except Locked:
        raise InProgress from None
    return path


def outlived(backups: Sequence[Backup]) -> set[Backup]:
    """Those, of all newest first, that are needed no longer.

    It counts what is there, and not the time: a shop that was shut for a year keeps what it had,
    and so does one whose clock was wrong.
    """
    days = _last_of(backups, lambda day: day.date())
    months = _last_of(backups, lambda day: (day.year, day.month))
    good = [backup for backup in backups if backup.is_good]
    return set(backups) - {*backups[:RECENT], *days[:DAYS], *months[:MONTHS], *good[:1]}


def _last_of(backups: Iterable[Backup], period: Callable[[datetime], Hashable]) -> list[Backup]:
    """The last backup of each period that has one."""
    last: dict[Hashable, Backup] = {}
    for backup in backups:
        last.setdefault(period(words.local(backup.taken_at)), backup)
    return list(last.values())


def _backup(path: Path) -> Backup | None:
    """What is called like a backup of this shop and has its proof is one; all else is not ours."""
    stem, kinds = re.escape(Path(DB.shop).stem), "|".join(Kind)
    name = re.fullmatch(rf"{stem}-([0-9]{{8}}-[0-9]{{6}})-({kinds})\.sqlite", path.name)
    proven = proof.read(path)
    if not name or not proven:
        return None
    try:
        taken_at = datetime.strptime(name[1], _TIME).replace(tzinfo=UTC)
        return Backup(path, taken_at, Kind(name[2]), path.stat().st_size, proven)
    except (ValueError, OSError):  # no such day; or just deleted by another program
        return None


def _free_name(kind: Kind) -> Path:
    """Named after this second, or the first one after it that has no backup."""
    at = clock.now()
    while True:
        path = folder() / f"{Path(DB.shop).stem}-{at:{_TIME}}-{kind}.sqlite"
        if not path.exists() and not proof.beside(path).exists():
            return path
        at += timedelta(seconds=1)


def _clear_unfinished() -> None:
    """What a program left behind that was killed while it made a backup."""
    for path in folder().glob(f".{Path(DB.shop).stem}-*.sqlite{UNFINISHED}*"):
        path.unlink()
