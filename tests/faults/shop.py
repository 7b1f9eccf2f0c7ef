"""A fresh shop for a trial, and a look into it: all of the battery that depends on the engine."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg

from app import clock
from app.accounts import actions as accounts
from app.database import DB
from app.database.migrate import migrate
from app.settings import settings
from app.stock import actions as stock
from tests import make, shops

PRICE = 350
REORDER_POINT = 3

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Shop:
    """One database, and what lets programs and clerks in."""

    path: Path
    tokens: list[str]
    sessions: list[str]

    def program(self, number: int = 0) -> dict[str, str]:
        """The headers of a program."""
        return {"Authorization": f"Bearer {self.tokens[number]}"}


def fresh(
    folder: Path,
    goods: Mapping[str, int],
    *,
    programs: int = 1,
    clerks: int = 0,
    at: datetime | None = None,
) -> Shop:
    """A shop that has these goods, so many of each; made now, or ``at`` another time."""
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(folder / "shop.sqlite", [], [])

    async def fill() -> None:
        for sku, on_hand in goods.items():
            await stock.add_product(
                sku,
                f"Goods {sku}",
                price_cents=PRICE,
                on_hand=on_hand,
                reorder_point=REORDER_POINT,
                barcodes=[f"code-{sku}"],
                actor="owner",
            )
        for n in range(programs):
            shop.tokens.append(await accounts.add_token(f"till {n}"))
        for n in range(clerks):
            shop.sessions.append(await make.session(await make.clerk(f"Clerk {n}")))

    async def build() -> None:
        shops.begin(shop.path)
        DB.shop = shops.address(shop.path)
        await DB.open()
        await migrate()
        await DB.run(fill)
        await DB.close()

    with clock.at(at or clock.now()):
        asyncio.run(build())
    return shop


@contextmanager
def looking(path: Path) -> Iterator[Ask]:
    """A way to ask in plain SQL; all that is asked is answered as of one moment."""
    with shops.beside(path) as other:
        other.rows("BEGIN" if shops.IS_SQLITE else "BEGIN ISOLATION LEVEL REPEATABLE READ")
        yield other.rows


def waiting_log(path: Path) -> int:
    """Bytes that were committed and are not yet where they belong."""
    wal = Path(f"{path}-wal")
    return wal.stat().st_size if wal.exists() else 0


@cache
def version() -> str:
    if shops.IS_SQLITE:
        return f"SQLite {sqlite3.sqlite_version}"

    async def ask() -> str:
        connection = await asyncpg.connect(settings.database)
        told = str(connection.get_settings().server_version)  # and for which system it was built
        await connection.close()
        return f"PostgreSQL {told.partition(' ')[0]}"

    return asyncio.run(ask())
