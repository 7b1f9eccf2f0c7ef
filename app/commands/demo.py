"""``demo``: fill an empty database with the demo shop."""

from time import monotonic

from app import clock
from app.catalog.tables import Product
from app.commands import Parsers, shop
from app.database import DB
from app.demo.build import build
from app.demo.invoices import read
from app.demo.plan import plan


def add_to(parsers: Parsers) -> None:
    parser = parsers.add_parser("demo", help="fill an empty database with the demo shop")
    parser.set_defaults(run=lambda _: shop.run(_demo))


async def _demo() -> None:
    async with shop.alone():
        if await Product.exists():
            raise shop.Unusable(f"{DB.said} has products already; the demo needs an empty shop.")
        print(f"Filling {DB.said} with two weeks of a gift shop ...", end=" ", flush=True)
        began = monotonic()
        planned = plan(read(), clock.now())
        await build(planned)
        print(f"{len(planned.products)} products, {monotonic() - began:.1f} s")
