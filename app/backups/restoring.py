"""Bringing a backup back: looked through, brought up to date aside, then put in the place."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from app.accounts import actions as accounts
from app.backups import proof
from app.backups.checking import NEVER, Content, check
from app.backups.copying import check_room, size
from app.database import DB
from app.database.backup import BadCopy, remove, sync, vacuum_into, wal
from app.database.migrate import migrate
from app.database.swap import forget_twin, settle

REBUILT = 3  # times its size: what an upgrade writes anew is in the WAL and in the file


def looked_through(copy: Path) -> Content:
    """What a file holds; raises BadCopy unless it is a sound shop, and the one it was."""
    known = proof.read(copy)
    if known and known.digest != proof.digest(copy):
        raise BadCopy(f"{copy}: it is not the file any more that was checked when it was made")
    return check(copy)


def check_room_for(copy: Path, content: Content) -> None:
    """Raise NoRoom unless there is room for all that is written before the shop is replaced."""
    database = Path(DB.shop)
    to_settle = wal(database).stat().st_size if wal(database).exists() else 0
    check_room(size(copy) * (REBUILT if content.lacks else 1) + to_settle, database.parent)


async def stage(copy: Path, content: Content, place: Path) -> None:
    """Make a shop of a copy that was looked through: up to date, and on the disk.

    Nobody is signed in, because some have signed out since, or changed a password. Tokens stay, or
    every till would stand still; and so do the answers to keys, or what is asked again would be
    done again.
    """
    vacuum_into(copy, place, NEVER, is_live=False)
    async with elsewhere(place):
        await migrate()
        await accounts.send_everybody_away()
    made = check(place)
    if made.newest != content.newest or len(made.findings) > len(content.findings):
        raise BadCopy(f"{copy}: it cannot be brought up to date: {made}")
    sync(place)


def tidy() -> None:
    """Clear what a restore left that was killed."""
    with beside("restoring"):
        forget_twin(Path(DB.shop))


@contextmanager
def beside(what: str) -> Iterator[Path]:
    """Where a shop is made that is not ours yet. Nothing is left there, whatever happens."""
    database = Path(DB.shop)
    place = database.with_name(f".{database.name}.{what}")
    remove(place)
    try:
        yield place
    finally:
        remove(place)


@asynccontextmanager
async def elsewhere(place: Path) -> AsyncIterator[None]:
    """Inside, the database is another file; afterwards all of it is in that one."""
    own = DB.shop
    DB.shop = str(place)
    try:
        await DB.open()
        try:
            yield
        finally:
            await DB.close()
    finally:
        DB.shop = own
    settle(place)
