"""``clerk add``: a one-time link by which somebody comes in."""

import sys
from argparse import Namespace

from app.accounts import actions, queries
from app.accounts.tables import Role
from app.commands import Parsers, shop
from app.database import DB, lock
from app.settings import settings


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("clerk", help="let a clerk in")
    add = parser.add_subparsers(required=True).add_parser("add", help="print a one-time link")
    add.add_argument("name")
    add.add_argument("--role", choices=list(Role), default=Role.CLERK, type=Role)
    add.set_defaults(run=lambda args: shop.run(_add, args))


async def _add(args: Namespace) -> None:
    name = shop.name(args.name)
    async with shop.beside():
        if clerk := await queries.known(name):
            if not clerk.is_active:
                raise shop.Unusable(f"{clerk.name} is disabled. A manager can enable clerks again.")
            print(
                f"{clerk.name} is here already: the link sets a new password, and leaves the role "
                "as it is.",
                file=sys.stderr,
            )
        print(f"{_base_url()}/welcome/{await actions.invite(name, args.role, by=shop.OWNER)}")


def _base_url() -> str:
    """Where the link leads: to the server that runs, unless a setting says otherwise."""
    if settings.is_base_url_given:
        return settings.base_url
    return (DB.is_file and lock.noted(DB.shop)) or settings.base_url
