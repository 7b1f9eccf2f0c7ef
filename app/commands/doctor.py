"""``doctor``: whether the books balance."""

from app.backups import schedule
from app.books import audit
from app.commands import Parsers, shop
from app.database import DB
from app.database.checkpoints import old_sqlite


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("doctor", help="check that the books balance")
    parser.set_defaults(run=lambda _: shop.run(_doctor))


async def _doctor() -> int:
    async with shop.as_it_is():
        findings = await audit.findings()
    for finding in findings:
        print(f"finding: {finding}")
    for note in filter(None, (old_sqlite(), schedule.note())) if DB.is_file else ():
        print(f"note: {note}")
    if findings:
        return 1
    print("books balance")
    return 0
