"""Whether what lies at the place of the shop is one; and a new shop where there is none."""

import os
from pathlib import Path

from app.backups import folder
from app.backups.restoring import beside, elsewhere, tidy
from app.database import DB
from app.database.backup import sync, wal
from app.database.drive import far_away
from app.database.migrate import migrate
from app.database.swap import is_wal_lost


class Unusable(Exception):
    """The shop cannot be used like this; its text says why in one sentence."""


async def begin() -> list[str]:
    """Make a shop where there is none, whole or not at all. Returns the steps that were run."""
    database = Path(DB.shop)
    if database.exists():
        tidy()
        return []
    _check_drive(database)
    if trace := _trace(database):
        raise Unusable(
            f"There is no shop at {database}, but there was one: {trace} is left of it. Restore a "
            "backup, or move what is left away to begin anew."
        )
    with beside("new") as place:
        place.touch(mode=0o600)
        async with elsewhere(place):
            steps = await migrate()
        place.rename(database)
    sync(database.parent)
    return steps


def look_at(database: Path) -> None:
    """Refuse a file that would be opened without a word, and is not the whole shop, or not safe."""
    _check_drive(database)
    if database.stat().st_size == 0:
        raise Unusable(
            f"{database} is empty, so it is no shop. Restore a backup, or delete it to begin anew."
        )
    if not os.access(database, os.R_OK | os.W_OK):
        raise Unusable(f"{database} cannot be read and written by this account.")
    if is_wal_lost(database):
        raise Unusable(
            f"{wal(database)} is missing, and with it what was sold last. Put it back, or restore "
            f"a backup; to go on without it, delete {database}-shm."
        )


def _check_drive(database: Path) -> None:
    if kind := far_away(database):
        raise Unusable(
            f"{database} is on a network drive ({kind}), where a shop gets damaged. Keep it on a "
            "disk of this machine, or in PostgreSQL."
        )


def _trace(database: Path) -> Path | None:
    """Something that only a shop leaves."""
    log = wal(database)
    if log.exists() and log.stat().st_size:
        return log
    return next((backup.path for backup in folder.kept()), None)
