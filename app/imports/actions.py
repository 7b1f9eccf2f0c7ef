"""What a sheet changes: all of it, or nothing."""

from collections.abc import Callable, Iterable, Sequence

from app.catalog import actions as catalog
from app.database import action
from app.imports import queries
from app.imports.queries import Change, Outcome
from app.imports.sheet import Row
from app.stock import actions as stock


@action
async def bring_in(
    rows: Sequence[Row],
    *,
    actor: str,
    note: str = "",
    watch: Callable[[Sequence[Change]], Iterable[Change]] = iter,
) -> Outcome:
    """Add the products that are new and change the others to what their rows say.

    Refuses, with every such cell, a barcode of another product and a count below what is reserved.
    """
    changes = await queries.changes(rows)
    for change in changes:
        if change.product and change.lost_barcodes:  # another row may be waiting for it
            await catalog.edit(change.product, barcodes=())
    for change in watch(changes):
        if change.product is None:
            await _add(change.row, actor)
        else:
            await _change(change, change.product, actor, note)
    return Outcome.of(changes)


async def _add(row: Row, actor: str) -> None:
    await stock.add_product(
        row.sku,
        row.name,
        category=row.category or "",
        barcodes=row.barcodes or (),
        price_cents=row.price_cents or 0,
        reorder_point=row.reorder_point or 0,
        on_hand=row.on_hand or 0,
        actor=actor,
    )


async def _change(change: Change, product: int, actor: str, note: str) -> None:
    if change.entry:
        await catalog.edit(product, **change.entry)
    if change.counted is not None:
        await stock.count(product, change.counted, actor=actor, note=note)
    if change.reorder_point is not None:
        await stock.set_reorder_point(product, change.reorder_point, actor=actor)
