"""``migrate``: bring the database up to date."""

from app.commands import Parsers, shop


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("migrate", help="bring the database up to date")
    parser.set_defaults(run=lambda _: shop.run(_migrate))


async def _migrate() -> None:
    async with shop.alone() as steps:
        for step in steps:
            print(step)
        print("brought up to date" if steps else "up to date already")
