"""``doctor``: whether the books balance."""

import sqlite3
from pathlib import Path

from app import books
from app.commands import Parsers, shop
from app.database import DB
from app.database.checkpoints import SAFE_VERSION


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("doctor", help="check that the books balance")
    parser.set_defaults(run=lambda _: shop.run(_doctor))


async def _doctor() -> int:
    if not Path(DB.path).exists():
        raise shop.Unusable(f"There is no shop at {DB.path}.")
    async with shop.beside():
        findings = await books.findings()
    for finding in findings:
        print(f"finding: {finding}")
    if note := old_sqlite():
        print(f"note: {note}")
    if findings:
        return 1
    print("books balance")
    return 0


def old_sqlite() -> str:
    """A sentence when the SQLite in use is older than the fix of its WAL-reset bug."""
    if sqlite3.sqlite_version_info >= SAFE_VERSION:
        return ""
    fixed = ".".join(map(str, SAFE_VERSION))
    return f"SQLite {sqlite3.sqlite_version} is older than {fixed}, which mends its WAL-reset bug"
