"""The losing controls: the same wishes, by somebody who looks first and writes then.

A race test proves something only if these lose.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from app.catalog.tables import Product
from app.counts.tables import CountEntry, CountLine
from app.database import DB
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason, StockLevel
from tests import shops


async def take_with_two_actions(product: int, looked: asyncio.Barrier) -> bool:
    """Looks outside the action that writes, as a handler might that asks a query first.

    Writes once all have looked: the worst moment, and the same one in every run.
    """
    (level,) = await StockLevel.select(StockLevel.on_hand).where(StockLevel.product == product)
    if level["on_hand"] < 1:
        return False
    await looked.wait()

    async def write() -> None:
        await StockLevel.update({StockLevel.on_hand: level["on_hand"] - 1}).where(
            StockLevel.product == product
        )

    await DB.run(write)
    return True


async def take_with_two_connections(path: Path, product: int) -> bool:
    """Looks through one connection of the standard library and writes through another."""
    with shops.beside(path) as connection:
        ((on_hand,),) = connection.rows(
            "SELECT on_hand FROM stock_level WHERE product = ?", [product]
        )
    if on_hand < 1:
        return False
    await asyncio.sleep(0)
    with shops.beside(path) as connection:
        connection.rows(
            "UPDATE stock_level SET on_hand = ? WHERE product = ?", [on_hand - 1, product]
        )
    return True


def set_what_was_counted(path: Path, product: int, counted: int) -> None:
    """Puts the number that was counted in place of the one that is there by then."""
    with shops.beside(path) as connection:
        connection.rows("UPDATE stock_level SET on_hand = ? WHERE product = ?", [counted, product])


async def enter_variance(product: int, *, counted: int, expected: int, actor: str) -> None:
    """Corrects by the difference, and does not ask whether a colleague did so already."""
    change = counted - expected
    await stock.adjust(product, change, reason=AdjustmentReason.CORRECTION, actor=actor)


async def count_one_more(product: int, read: asyncio.Barrier) -> None:
    """Reads how many are counted, as all others do, and only then writes one more than that."""
    (line,) = await CountLine.select(CountLine.counted).where(CountLine.product == product)
    await read.wait()

    async def write() -> None:
        await CountLine.update({CountLine.counted: line["counted"] + 1}).where(
            CountLine.product == product
        )

    await DB.run(write)


async def enter_what_is_counted(product: int) -> None:
    """Make the entries what the careless left, so that the books after the test balance again."""

    async def write() -> None:
        (line,) = await CountLine.select(CountLine.counted).where(CountLine.product == product)
        await CountEntry.update({CountEntry.quantity: line["counted"]}).where(
            CountEntry.stands.eq(True)
        )

    await DB.run(write)


async def look_then_write(
    look: str, write: Callable[[int], str | None], together: asyncio.Barrier
) -> bool:
    """Looks at one number outside the action that writes, and believes it. Whether it wrote."""
    ((seen,),) = await DB.fetch(look)
    await together.wait()
    wish = write(seen)
    if wish is None:
        return False
    await DB.run(DB.fetch, wish)
    return True


async def answer_once_with_two_steps(key: str, act: Callable[[], Awaitable[object]]) -> None:
    """Looks whether the key was used, then acts, then writes down that it was."""
    if await Product.exists().where(Product.name == key):
        return
    await act()
    await DB.run(_note, key)


async def _note(key: str) -> None:
    await Product.update({Product.name: key}).where(Product.sku_key == "key")


async def forget_everything(path: Path, empty_shop: Path) -> None:
    """What the careless have left balances for nobody."""
    await DB.close()
    for file in path.parent.glob(f"{path.name}-*"):
        file.unlink()
    shops.copy(empty_shop, path)


async def forget_what_was_taken(path: Path) -> None:
    """Put the shelf back as its log has it, so that the books after the test balance again."""
    with shops.beside(path) as connection:
        connection.rows(
            "UPDATE stock_level SET on_hand = (SELECT coalesce(sum(on_hand_change), 0) "
            "FROM stock_event e WHERE e.product = stock_level.product)"
        )
