"""What the shop has at all: a product with its opening stock, and when it counts as low."""

from collections.abc import Sequence

from app.catalog import actions as catalog
from app.database import action
from app.stock.actions.ledger import After, Entry, alert, hold_still, log
from app.stock.tables import EventKind, StockLevel


@action
async def add_product(
    sku: str,
    name: str,
    *,
    price_cents: int,
    actor: str,
    category: str = "",
    barcodes: Sequence[str] = (),
    reorder_point: int = 0,
    on_hand: int = 0,
) -> int:
    """Take a product into the shop with its opening stock; refuses a taken SKU or barcode.

    One that begins low is an alert, so that the log has one for whatever is low.
    """
    product = await catalog.add(
        sku, name, price_cents=price_cents, category=category, barcodes=barcodes
    )
    await StockLevel.insert(
        StockLevel(product=product, on_hand=on_hand, reserved=0, reorder_point=reorder_point)
    )
    after = After(on_hand, 0, reorder_point)
    opening = Entry(EventKind.RECEIVED, actor, note="opening")
    await log(product, opening, after, on_hand=on_hand)
    if on_hand <= reorder_point:
        await log(product, Entry(EventKind.LOW_STOCK, actor), after)
    return product


@action
async def set_reorder_point(product: int, reorder_point: int, *, actor: str) -> None:
    """From now on alert at this many available. It may raise or clear the alert by itself."""
    before = await hold_still(product)
    await StockLevel.update({StockLevel.reorder_point: reorder_point}).where(
        StockLevel.product == product
    )
    after = before._replace(reorder_point=reorder_point)
    note = f"reorder point {before.reorder_point} → {reorder_point}"
    await alert(product, after, was_low=before.is_low, actor=actor, note=note)
