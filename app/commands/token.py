"""``token add``: a token for a program, shown once."""

from argparse import Namespace

from app.accounts import actions
from app.accounts.tables import Scope
from app.commands import Parsers, shop


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("token", help="let a program in")
    add = parser.add_subparsers(required=True).add_parser("add", help="print a new API token")
    add.add_argument("name")
    add.add_argument("--scope", choices=list(Scope), default=Scope.WRITE, type=Scope)
    add.set_defaults(run=lambda args: shop.run(_add, args))


async def _add(args: Namespace) -> None:
    name = shop.name(args.name)
    async with shop.beside():
        print(await actions.add_token(name, args.scope, by=shop.OWNER))
