"""The smallest shop a test needs."""

from itertools import count

from app.accounts import actions as accounts
from app.accounts.tables import Role
from app.stock import actions as stock

_numbers = count(1)


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
