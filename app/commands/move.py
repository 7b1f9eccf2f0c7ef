"""``move``: the shop goes from its file into PostgreSQL, and both are proved equal."""

import os
import subprocess
import sys
from argparse import Namespace

from app import words
from app.commands import Parsers, shop
from app.database import DB
from app.database.moving import Differs, compare, move
from app.database.postgres import PostgresEngine
from app.settings.values import address, is_address


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("move", help="copy the shop into an empty PostgreSQL database")
    parser.add_argument("to", help="postgresql://user:password@host/database")
    parser.set_defaults(run=lambda args: shop.run(_move, args))


async def _move(args: Namespace) -> None:
    if not is_address(args.to):
        raise shop.Unusable("Say where to, like postgresql://user:password@host/database.")
    try:
        address(args.to)
    except ValueError as mistake:
        raise shop.Unusable(f"This address cannot be read: {mistake}.") from None
    if not shop.check_file().exists():
        raise shop.Unusable(f"There is no shop at {DB.shop}.")
    to = PostgresEngine(args.to)
    async with shop.alone():
        _onhand("migrate", at=args.to)
        await to.open()
        try:
            rows = 0
            async for moved in move(to):
                print(f"{moved.table}: {words.number(moved.rows)}")
                rows += moved.rows
            await compare(to)
        except Differs as table:
            raise shop.Unusable(
                f"{to.said} holds another shop, or one that was used since: {table} differs. "
                "Move into an empty database."
            ) from None
        finally:
            await to.close()
        _onhand("doctor", at=args.to)
    print(
        f"moved {words.number(rows)} rows, equal in both, and the books balance. "
        f"From now on set ONHAND_DATABASE to {to.said}, with its password if it has one."
    )


def _onhand(command: str, *, at: str) -> None:
    """Run another command on the shop there; its sentence is ours if it fails."""
    said = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "app", command],
        env={**os.environ, "ONHAND_DATABASE": at},
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise shop.Unusable((said.stderr or said.stdout).strip().removeprefix("onhand: "))
