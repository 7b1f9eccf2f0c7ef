"""Shops to be measured: as many products as one likes, named from the words of the demo shop."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

from app.accounts import actions as accounts
from app.accounts.tables import Role
from app.database import DB
from app.database.migrate import migrate
from app.demo import invoices
from app.demo.names import category
from app.demo.products import products
from app.stock import actions as stock
from app.web.csrf import COOKIE

PLENTY = 1_000_000  # units; no measurement sells that many
SOLD = 10_000  # products that orders ask for
AT_ONCE = 5_000  # products added in one transaction
NEVER_USED = "never used"  # in place of the hash of a password
RARE, SLIP = "zylophant", "zylophnat"  # a word that one product has; what a finger makes of it


class Entry(NamedTuple):
    """What lets a program in, and a browser: a line of a request's head for each."""

    program: str
    browser: str


def filled(count: int, folder: Path) -> Path:
    """A shop of so many products; made unless it is there."""
    path = folder / f"filled-{count}.sqlite"
    if not path.exists():
        making = path.with_suffix(".making")
        for rest in folder.glob(f"{making.name}*"):
            rest.unlink()
        asyncio.run(_fill(making, count))
        making.rename(path)
    return path


async def _fill(path: Path, count: int) -> None:
    DB.shop = str(path)
    await DB.open()
    await migrate()
    chance = Random(count)
    words = [word for product in products(invoices.read()) for word in product.name.split()]

    async def add(first: int, last: int) -> None:
        for n in range(first, last):
            name = " ".join(chance.choices(words, k=chance.randint(3, 6))).capitalize()
            if n == count // 2:
                name += f" {RARE}"
            is_low = n % 50 == 0
            await stock.add_product(
                f"{20_000 + n}{chance.choice(['', 'A', 'B'])}",
                name,
                price_cents=chance.randint(50, 5_000),
                category=category(name),
                barcodes=[f"50{n * 7919:011d}"],
                reorder_point=10,
                on_hand=chance.randint(0, 10) if is_low else PLENTY,
                actor="bench",
            )

    for first in range(0, count, AT_ONCE):
        await DB.run(add, first, min(count, first + AT_ONCE))
    await DB.close()


def opened(filled: Path, path: Path) -> Entry:
    """A copy of the shop, with a token for the load and a clerk who is signed in."""
    shutil.copy(filled, path)
    return asyncio.run(_let_in(path))


async def _let_in(path: Path) -> Entry:
    DB.shop = str(path)
    await DB.open()
    token = await accounts.add_token("bench")
    code = await accounts.invite("Robin", Role.MANAGER)
    clerk = await accounts.accept(code, name="Robin", password_hash=NEVER_USED)
    session = await accounts.sign_in(clerk, password_hash=NEVER_USED)
    await DB.close()
    return Entry(f"Authorization: Bearer {token}", f"Cookie: {COOKIE}={session}")


def skus(path: Path | str) -> list[str]:
    """The products to be sold: up to 10,000 of which there is plenty, spread over the shop."""
    with closing(sqlite3.connect(path)) as connection:
        rows: list[tuple[str]] = connection.execute(
            "SELECT p.sku FROM product p JOIN stock_level l ON l.product = p.id "
            "WHERE l.on_hand > ? ORDER BY p.id",
            (PLENTY // 2,),
        ).fetchall()
    known = [sku for (sku,) in rows]
    return Random(1).sample(known, min(SOLD, len(known)))


def common_word(path: Path) -> str:
    """The word that most products have, of those that tell something."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM product").fetchall()
    words: Counter[str] = Counter(word for (name,) in names for word in set(name.lower().split()))
    return max((word for word in words if word.isalpha() and len(word) > 3), key=words.__getitem__)


def orders(path: Path) -> int:
    """How many were sold."""
    with closing(sqlite3.connect(path)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(*) FROM orders WHERE status = 'completed'"
        ).fetchall()
    return int(count)
