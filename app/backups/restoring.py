"""Bringing a backup back: looked through, brought up to date aside, then put in the place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.accounts import actions as accounts
from app.backups import proof
from app.backups.checking import NEVER, Content, check
from app.backups.copying import check_room
from app.database import DB
from app.database.backup import BadCopy, remove, sync, vacuum_into
from app.database.migrate import migrate


def looked_through(copy: Path) -> Content:
    """What a file holds; raises BadCopy unless it is a sound shop, and the one it was."""
    known = proof.read(copy)
    if known and known.digest != proof.digest(copy):
        raise BadCopy(f"{copy}: it is not the file any more that was checked when it was made")
    return check(copy)


async def staged(copy: Path, content: Content) -> Path:
    """A shop beside ours, made of a copy that was looked through: up to date, and on the disk.

    Nobody is signed in, because some have signed out since, or changed a password. Tokens stay, or
    every till would stand still; and so do the answers to keys, or what is asked again would be
    done again.
    """
    place = beside("restoring")
    check_room(copy, place.parent)
    vacuum_into(copy, place, NEVER, is_live=False)
    async with elsewhere(place):
        await migrate()
        await accounts.send_everybody_away()
    made = check(place)
    if made.newest != content.newest or len(made.findings) > len(content.findings):
        raise BadCopy(f"{copy}: it cannot be brought up to date: {made}")
    sync(place)
    return place


def beside(what: str) -> Path:
    """Where a shop is made that is not ours yet; what a killed program left there is cleared."""
    database = Path(DB.shop)
    place = database.with_name(f".{database.name}.{what}")
    remove(place)
    return place


@asynccontextmanager
async def elsewhere(place: Path) -> AsyncIterator[None]:
    """Inside, the database is another file."""
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
