"""Taking back what was noted as missing: the sale is not lost after all, nobody waits for it."""

from typing import NamedTuple

from app import clock
from app.database import Arg, Prepared, action
from app.orders import queries
from app.orders.actions.cart import scan
from app.orders.actions.undoing import UNDO_WITHIN
from app.orders.tables import Backorder, LostSale
from app.stock.actions import CannotUndo


class _Wanted(NamedTuple):
    product: int
    units: int
    unit_price_cents: int


_FIND = Prepared(
    LostSale.raw(
        "DELETE FROM lost_sale WHERE id = {} AND actor = {} AND happened_at >= {} "
        "AND operation IS NULL RETURNING product, quantity, unit_price_cents",
        Arg("id"),
        Arg("actor"),
        Arg("since"),
    ),
    _Wanted,
)
_STOP = Prepared(
    Backorder.raw(
        "UPDATE backorder SET closed_at = {} WHERE id = {} AND actor = {} AND created_at >= {} "
        "AND closed_at IS NULL AND operation IS NULL "
        "RETURNING product, taken_out, unit_price_cents",
        Arg("now"),
        Arg("id"),
        Arg("actor"),
        Arg("since"),
    ),
    _Wanted,
)


@action
async def undo_lost_sale(lost_sale: int, *, clerk: int, actor: str) -> str:
    """The customer stays: the line is on the counter again as it was. Returns what to say.

    Refuses what is not the clerk's own, too old, or undone already.
    """
    wanted = await _FIND.first(id=lost_sale, actor=actor, since=clock.now() - UNDO_WITHIN)
    return await _lay_back(wanted, clerk=clerk, actor=actor)


@action
async def undo_backorder(backorder: int, *, clerk: int, actor: str) -> str:
    """Nobody waits for it: what was taken out of the order is in it again. Returns what to say.

    Refuses what is not the clerk's own, too old, undone already, or there by now.
    """
    now = clock.now()
    wanted = await _STOP.first(id=backorder, actor=actor, since=now - UNDO_WITHIN, now=now)
    return await _lay_back(wanted, clerk=clerk, actor=actor)


async def _lay_back(wanted: _Wanted | None, *, clerk: int, actor: str) -> str:
    if wanted is None:
        raise CannotUndo("it is settled by now.")
    cart = await queries.cart(clerk)
    if cart and cart.is_held:
        raise CannotUndo(f"order {cart.number} lies on your counter now. Put it aside first.")
    if wanted.units == 0:
        return "Undone: nobody waits for it."
    await scan(
        wanted.product,
        wanted.units,
        clerk=clerk,
        actor=actor,
        unit_price_cents=wanted.unit_price_cents,
    )
    return "Undone: the line is in the order again."
