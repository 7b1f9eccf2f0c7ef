"""Making one copy: whole, checked, on the disk, and only then under its name."""

import shutil
from pathlib import Path
from threading import Event

from app.backups import proof
from app.backups.checking import NEVER, Content, check, newest_in
from app.database.backup import BadCopy, remove, sync, vacuum_into, wal
from app.errors import Refusal

LEAST_LEFT = 0.05  # of a disk, which has to remain when a copy is made
MOST_LEFT = 1 << 30  # bytes, which are enough on any disk

UNFINISHED = ".unfinished"


class NoRoom(Refusal):
    """A copy would fill the disk."""

    def __init__(self, folder: Path, free: int, needed: int) -> None:
        super().__init__(
            f"There is no room for a copy in {folder}: {free >> 20} MB are free, and with what "
            f"has to stay free it takes {(needed >> 20) + 1} MB."
        )


def size(database: Path) -> int:
    """How many bytes a copy of it takes at most."""
    return sum(path.stat().st_size for path in (database, wal(database)) if path.exists())


def check_room(size: int, folder: Path) -> None:
    """Raise NoRoom if so many bytes would leave too little of the disk."""
    disk = shutil.disk_usage(folder)
    needed = size + min(int(disk.total * LEAST_LEFT), MOST_LEFT)
    if disk.free < needed:
        raise NoRoom(folder, disk.free, needed)


def copy(database: Path, to: Path, stop: Event = NEVER) -> Content:
    """Copy a shop, also while it is being served; its proof is written beside it.

    Raises FileExistsError for a file that is there already, NoRoom, and BadCopy if the copy is not
    sound or lacks what was committed before it began.
    """
    for path in (to, proof.beside(to)):
        if path.exists():
            raise FileExistsError(f"{path} is there already.")
    check_room(size(database), to.parent)
    unfinished = to.with_name(f".{to.name}{UNFINISHED}")
    unfinished_proof = proof.beside(unfinished)
    remove(unfinished)
    before = newest_in(database)
    try:
        vacuum_into(database, unfinished, stop)
        content = check(unfinished, stop)
        if content.newest.order < before.order or content.newest.event < before.event:
            raise BadCopy(f"{to}: it has {content.newest}, where the shop had {before} before")
        sync(unfinished)
        proof.write(unfinished_proof, proof.digest(unfinished, stop), to, content)
        unfinished_proof.rename(proof.beside(to))
        unfinished.rename(to)
        sync(to.parent)
    finally:
        remove(unfinished)
        unfinished_proof.unlink(missing_ok=True)
    return content
