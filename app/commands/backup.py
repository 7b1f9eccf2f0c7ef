"""``backup``: a verified copy of the shop, also while it is being served."""

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from app.commands import Parsers, shop
from app.database import DB
from app.database.backup import BadCopy, copy


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("backup", help="make a verified copy of a running shop")
    parser.add_argument("path", nargs="?", type=Path, help="default: backups/NAME-TIME.sqlite")
    parser.set_defaults(run=lambda args: shop.run(_backup, args))


async def _backup(args: Namespace) -> None:
    source = Path(DB.shop)
    if not source.exists():
        raise shop.Unusable(f"There is no shop at {source}.")
    to: Path | None = args.path
    if to is None:
        to = Path("backups") / f"{source.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}.sqlite"
        to.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        copy(DB.shop, to)
    except BadCopy as error:
        raise shop.Unusable(str(error)) from None
    print(to)
