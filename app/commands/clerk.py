"""``clerk add``: a one-time link by which somebody comes in."""

from argparse import Namespace

from app.accounts import actions
from app.accounts.tables import Role
from app.commands import Parsers, shop
from app.settings import settings


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("clerk", help="let a clerk in")
    add = parser.add_subparsers(required=True).add_parser("add", help="print a one-time link")
    add.add_argument("name")
    add.add_argument("--role", choices=list(Role), default=Role.CLERK, type=Role)
    add.set_defaults(run=lambda args: shop.run(_add, args))


async def _add(args: Namespace) -> None:
    async with shop.beside():
        print(f"{settings.base_url}/welcome/{await actions.invite(args.name, args.role)}")
