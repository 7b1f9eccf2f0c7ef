"""``backup``: a verified copy of the shop, also while it is being served."""

import sys
from argparse import Namespace
from pathlib import Path

from app.backups import proof
from app.backups.copying import copy
from app.backups.folder import Kind, keep
from app.commands import Parsers, shop


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("backup", help="make a verified copy of a running shop")
    parser.add_argument("path", nargs="?", type=Path, help="default: in the folder of the backups")
    parser.set_defaults(run=lambda args: shop.run(_backup, args))


async def _backup(args: Namespace) -> None:
    database = shop.check_file()
    if not database.exists():
        raise shop.Unusable(f"There is no shop at {database}.")
    if args.path is None:
        path = keep(Kind.ASKED)
    else:
        copy(database, path := args.path)
    print(path)
    made = proof.read(path)
    if made and made.findings:
        print(
            "onhand: the copy is whole, but the books in it do not balance; "
            "`onhand doctor` says where",
            file=sys.stderr,
        )
