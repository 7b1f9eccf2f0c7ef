"""``restore``: bring a backup back, after a check; what is replaced is kept."""

from argparse import Namespace
from pathlib import Path

from app import words
from app.backups import restoring, schedule
from app.backups.checking import Content
from app.commands import Parsers, kept_out, shop
from app.database import DB, lock
from app.database.swap import InUse, swap


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("restore", help="replace the shop by a backup, after a check")
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--unbalanced", action="store_true", help="also one whose books do not balance"
    )
    parser.set_defaults(run=lambda args: shop.run(_restore, args))


async def _restore(args: Namespace) -> None:
    copy, database = args.path, shop.check_file()
    if not copy.is_file():
        raise shop.Unusable(f"There is no backup at {copy}.")
    if database.exists() and copy.samefile(database):
        raise shop.Unusable(f"{copy} is the shop itself.")
    with shop.locked():
        lock.note(DB.shop, shop.RESTORING)
        content = restoring.looked_through(copy)
        print(_told(copy, content))
        if content.findings and not args.unbalanced:
            raise shop.Unusable(
                f"The books of {copy} do not balance: {content.findings[0]}. With --unbalanced it "
                "is restored as it is."
            )
        restoring.check_room_for(copy, content)
        with restoring.beside("restoring") as place:
            await restoring.stage(copy, content, place)
            still_out = await kept_out.lines(database, place)
            try:
                aside = swap(place, database)
            except InUse:
                raise shop.InUse from None
    print(f"restored; what was there before is kept in {aside}" if aside else "restored")
    for line in still_out:
        print(line)


def _told(copy: Path, content: Content) -> str:
    """What a backup holds, and how old it is."""
    if content.findings:
        return f"{copy} can be read."
    if content.last_at is None:
        return f"{copy} is sound, and nothing has happened in its shop yet."
    return (
        f"{copy} is sound: {words.plural(content.orders, 'order')}, the newest "
        f"#{content.newest.order}; the last entry {content.newest.event} was made "
        f"{words.when(content.last_at)}, {schedule.age(content.last_at)} ago."
    )
