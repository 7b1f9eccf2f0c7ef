"""``import``: products from a spreadsheet, all of them or none."""

import sys
from argparse import Namespace
from pathlib import Path

from app.commands import Parsers, shop
from app.commands.progress import progress
from app.errors import Invalid
from app.imports import actions, queries, sheet

MOST_MISTAKES = 50  # that are told at once


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("import", help="bring in products from a CSV file")
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    parser.set_defaults(run=lambda args: shop.run(_import, args))


async def _import(args: Namespace) -> int:
    try:
        print(await _outcome(args.file, is_rehearsal=args.dry_run))
    except Invalid as refusal:
        mistakes = [f"{cell}: {mistake}" for cell, mistake in refusal.mistakes.items()]
        if len(mistakes) > MOST_MISTAKES:
            mistakes[MOST_MISTAKES:] = [f"... and {len(mistakes) - MOST_MISTAKES} more"]
        print(*mistakes, sep="\n", file=sys.stderr)
        return 1
    return 0


async def _outcome(file: Path, *, is_rehearsal: bool) -> queries.Outcome:
    try:
        with file.open("rb") as opened:
            rows = sheet.read(opened.read(sheet.MOST_BYTES + 1))
    except OSError as error:
        raise shop.Unusable(f"{file} cannot be read: {error.strerror}.") from None
    async with shop.beside():
        if is_rehearsal:
            return queries.Outcome.of(await queries.changes(rows))
        note = "".join(filter(str.isprintable, file.name))
        return await actions.bring_in(rows, actor="import", note=note, watch=progress)
