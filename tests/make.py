"""The smallest shop a test needs."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

from app import clock
from app.accounts import actions as accounts
from app.accounts.tables import Role
from app.catalog.tables import Product
from app.database import DB, action
from app.orders.tables import Order, OrderLine, OrderStatus
from app.stock import actions as stock
from app.stock.actions.ledger import Entry, try_move
from app.stock.tables import EventKind

_numbers = count(1)


def copy_with(goods: Callable[[], Awaitable[None]], shop: Path, folder: Path) -> Path:
    """A copy of the shop, filled once for many tests."""
    path = folder / "filled.sqlite"
    shutil.copy(shop, path)

    async def fill() -> None:
        DB.path = str(path)
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


async def clerk(name: str = "Robin") -> int:
    """Somebody who may come in. Returns the id."""
    code = await accounts.invite(name, Role.CLERK)
    return await accounts.accept(code, name=name, password_hash="never used")  # noqa: S106


@action
async def archive(product: int) -> None:
    """It is no longer sold."""
    await Product.update({Product.archived: True}).where(Product.id == product)


@action
async def cancelled(order: int) -> None:
    """An order after its end; the action for it comes with the issue on holds."""
    await Order.update({Order.status: OrderStatus.CANCELLED}).where(Order.id == order)


@action
async def reserved(product: int, quantity: int) -> None:
    """An open order that holds so many; the action for it comes with the issue on holds."""
    order = Order(
        status=OrderStatus.OPEN,
        actor="test",
        total_cents=0,
        revision=0,
        created_at=clock.now(),
    )
    await order.save()
    await OrderLine(
        order=order.id,
        product=product,
        quantity=quantity,
        unit_price_cents=0,
        returned=0,
        position=0,
    ).save()
    assert await try_move(product, Entry(EventKind.RESERVED, "test"), reserved=quantity)
