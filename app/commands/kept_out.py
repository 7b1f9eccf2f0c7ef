"""What ``restore`` says about those who were shut out since the backup was made."""

import sys
from collections.abc import Iterator
from pathlib import Path

from app.accounts.actions import KeptOut
from app.accounts.tables import Happening
from app.backups.keeping_out import keep_out
from app.commands import shop
from app.database.backup import BadCopy

LET_IN = (
    "who was shut out since the backup is let in again, and an older password holds. Look at "
    "Settings, Clerks and Tokens"
)
NO_MANAGER = "no manager is left who may come in: onhand clerk add NAME --role manager"


async def lines(replaced: Path, place: Path) -> list[str]:
    """Keep them out, and say whom by name; warn where nobody can know."""
    if not replaced.exists():
        return _warned(f"there was no shop here: {LET_IN}")
    try:
        kept_out = await keep_out(replaced, place, by=shop.OWNER)
    except BadCopy as error:
        return _warned(f"the shop that is replaced cannot be read ({error}): {LET_IN}")
    return list(_told(kept_out))


def _warned(why: str) -> list[str]:
    print(f"onhand: {why}.", file=sys.stderr)
    return []


def _told(kept_out: KeptOut) -> Iterator[str]:
    def names(*happenings: Happening, what: str = "") -> list[str]:
        return sorted({f"{what}{n}" for h in happenings for n in kept_out.names.get(h, [])})

    for what, who in {
        "still shut out": [
            *names(Happening.DISABLED),
            *names(Happening.TOKEN_REVOKED, what="token "),
        ],
        "still no manager": names(Happening.ROLE_CHANGED),
        "still the newer password": names(Happening.PASSWORD_SET),
        "still the newer PIN, or none": names(Happening.PIN_SET, Happening.PIN_REMOVED),
    }.items():
        if who:
            yield f"{what}: {'; '.join(who)}"
    if not kept_out.has_manager:
        yield NO_MANAGER
