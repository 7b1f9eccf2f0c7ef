"""The smallest shop a test needs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from app.accounts import actions as accounts
from app.accounts import secrets
from app.accounts.tables import Clerk, Role
from app.catalog.tables import Product
from app.database import DB, action
from app.orders import actions as orders
from app.orders import queries as asked
from app.orders.actions import Wanted
from app.orders.queries import Placed
from app.stock import actions as stock
from app.stock import queries
from tests import shops

_numbers = count(1)


def copy_with(goods: Callable[[], Awaitable[None]], shop: Path, folder: Path) -> Path:
    """A copy of the shop, filled once for many tests."""
    path = shops.copy(shop, folder / "filled.sqlite")

    async def fill() -> None:
        DB.shop = shops.address(path)
        await DB.open()
        await goods()
        await DB.close()

    asyncio.run(fill())
    return path


async def product(
    sku: str = "",
    *,
    name: str = "Blue mug",
    on_hand: int = 0,
    price_cents: int = 350,
    reorder_point: int = 0,
    barcodes: tuple[str, ...] = (),
) -> int:
    """A product, and how many of it are there. Returns its id."""
    return await stock.add_product(
        sku or f"MUG-{next(_numbers)}",
        name,
        price_cents=price_cents,
        on_hand=on_hand,
        reorder_point=reorder_point,
        barcodes=barcodes,
        actor="test",
    )


async def clerk(name: str = "Robin", role: Role = Role.CLERK, *, password: str = "") -> int:
    """Somebody who may come in; by a password, if there is one. Returns the id."""
    code = await accounts.invite(name, role)
    password_hash = await secrets.hash_password(password) if password else "never used"
    return await accounts.accept(code, name=name, password_hash=password_hash)


async def hash_of(clerk: int) -> str:
    """What is kept of the clerk's password, as whoever has just given it right knows it."""
    (row,) = await Clerk.select(Clerk.password_hash).where(Clerk.id == clerk)
    return str(row["password_hash"])


async def session(clerk: int, *, instead_of: str = "") -> str:
    """The clerk is signed in, at a browser more. Returns the code of the cookie."""
    return await accounts.sign_in(clerk, password_hash=await hash_of(clerk), instead_of=instead_of)


@action
async def archive(product: int) -> None:
    """It is no longer sold."""
    await Product.update({Product.archived: True}).where(Product.id == product)


async def reserved(product: int, quantity: int, *, customer: str = "") -> int:
    """An open order that holds so many, for half an hour. Returns its id."""
    level = await queries.level(product)
    order = await orders.place(
        [Wanted(level.sku, quantity)],
        customer=customer,
        expires_in=timedelta(minutes=30),
        actor="test",
    )
    return order.id


async def cart(clerk: int, **units: int) -> Placed:
    """So many of each SKU scanned at this clerk's counter; what stands there then."""
    for sku, quantity in units.items():
        level = await queries.level_by_sku(sku)
        await orders.scan(level.id, quantity, clerk=clerk, actor="Robin")
    found = await asked.cart(clerk)
    assert found is not None
    return found


async def sale(clerk: int, **units: int) -> Placed:
    """So many of each SKU sold over the counter."""
    order = await cart(clerk, **units)
    return await orders.complete(order.id, order.revision, clerk=clerk, actor="Robin")


async def hold(clerk: int, *, customer: str = "", minutes: int = 30, **units: int) -> Placed:
    """So many of each SKU put aside from the counter."""
    order = await cart(clerk, **units)
    return await orders.hold(
        order.id,
        order.revision,
        clerk=clerk,
        actor="Robin",
        expires_in=timedelta(minutes=minutes),
        customer=customer,
    )


@action
async def operation(act: Callable[[], Awaitable[Any]]) -> int:
    """Do it, and tell by which number it can be undone."""
    await act()
    first = stock.operation()
    assert first is not None
    return first
