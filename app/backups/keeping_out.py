"""In a shop that is restored: whoever was shut out since its backup was made stays out."""

from pathlib import Path

from app.accounts import actions
from app.accounts.actions import By, KeptOut
from app.accounts.queries.standing import standing
from app.backups.checking import NEVER
from app.backups.restoring import elsewhere
from app.database.backup import asking, sync


async def keep_out(replaced: Path, place: Path, *, by: By) -> KeptOut:
    """Decide in the shop at ``place`` as in the one that it replaces.

    Raises BadCopy if that one cannot be read.
    """
    with asking(replaced, NEVER) as ask:
        before = standing(ask)
    with asking(place, NEVER) as ask:
        now = standing(ask)
    async with elsewhere(place):
        kept_out = await actions.keep_out(before, now, by=by)
    sync(place)
    return kept_out
