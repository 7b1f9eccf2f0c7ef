"""What customers wanted and could not have: awaited until it is back, or a sale that was lost."""

from datetime import timedelta

from app import clock
from app.catalog import queries as catalog
from app.database import DB, Arg, Prepared, action
from app.errors import NotFound
from app.orders import backorders, queries
from app.orders.actions.cart import set_quantity
from app.orders.actions.closing import SWEEPER
from app.orders.actions.lines import total
from app.orders.actions.refusals import LineGone, NotSold
from app.orders.actions.selling import Wanted, place
from app.orders.tables import Backorder, LostSale
from app.stock import actions as stock
from app.stock import queries as shelves
from app.stock.actions import CannotUndo
from app.stock.queries import Shelf

NOT_AWAITED = "Nobody waits for this any more."
KEPT_WHEN_BACK = timedelta(days=3)  # a customer has to be told, and to come

_WAIT = Prepared(
    Backorder.insert(
        Backorder(
            product=Arg("product"),
            quantity=Arg("quantity"),
            customer=Arg("customer"),
            clerk=Arg("clerk"),
            actor=Arg("actor"),
            created_at=Arg("now"),
            taken_out=Arg("taken_out"),
            unit_price_cents=Arg("unit_price_cents"),
            operation=Arg("operation"),
        )
    ).returning(Backorder.id),
    int,
)
_CLOSE = Prepared(
    Backorder.update({Backorder.closed_at: Arg("now"), Backorder.order: Arg("order")})
    .where(Backorder.id == Arg("backorder"), Backorder.closed_at.is_null())
    .returning(Backorder.id),
    int,
)
_LOSE = Prepared(
    LostSale.insert(
        LostSale(
            product=Arg("product"),
            quantity=Arg("quantity"),
            unit_price_cents=Arg("unit_price_cents"),
            available=Arg("available"),
            actor=Arg("actor"),
            happened_at=Arg("now"),
            operation=Arg("operation"),
        )
    ).returning(LostSale.id),
    int,
)

_SERVED = Prepared(
    Backorder.raw(
        'SELECT "order" FROM backorder WHERE operation = {} AND "order" IS NOT NULL',
        Arg("operation"),
    ),
    int,
)
_STOP = Prepared(
    Backorder.raw(
        "UPDATE backorder SET closed_at = {} WHERE operation = {} AND closed_at IS NULL",
        Arg("now"),
        Arg("operation"),
    ),
    int,
)
_FIND = Prepared(LostSale.raw("DELETE FROM lost_sale WHERE operation = {}", Arg("operation")), int)


@action
async def await_stock(product: int, quantity: int, *, customer: str, clerk: int, actor: str) -> int:
    """Hold so many when they are back; so many of them as are in the clerk's order are taken out.

    Refuses what is no longer sold. Returns its id.
    """
    entry = await catalog.product(product)
    if entry.archived:
        raise NotSold(entry.sku)
    total([(quantity, entry.price_cents)])  # what no order can have is not awaited
    await DB.turn("counter", clerk)
    line = await _line(product, clerk)
    taken_out = min(line.quantity, quantity) if line else 0
    if line:
        await set_quantity(product, line.quantity - taken_out, clerk=clerk, actor=actor)
    return await _WAIT.one(
        product=product,
        quantity=quantity,
        customer=customer,
        clerk=clerk,
        actor=actor,
        now=clock.now(),
        taken_out=taken_out,
        unit_price_cents=line.unit_price_cents if line else 0,
        operation=stock.operation(),
    )


@action
async def stop_waiting(backorder: int) -> None:
    """Nobody wants it any more."""
    if await _CLOSE.first(backorder=backorder, order=None, now=clock.now()) is None:
        raise NotFound(NOT_AWAITED)


@action
async def serve_next() -> queries.Placed | None:
    """What somebody waits for longest and is there again becomes a hold. None when nothing is.

    It is the program that puts it aside, so that no clerk undoes it unawares.
    """
    await DB.turn("waiting")
    served = await backorders.next_served()
    if served is None:
        return None
    order = await place(
        [Wanted(served.sku, served.quantity)],
        actor=SWEEPER,
        clerk=served.clerk,
        customer=served.customer,
        expires_in=KEPT_WHEN_BACK,
    )
    if await _CLOSE.first(backorder=served.id, order=order.id, now=clock.now()) is None:
        raise NotFound(NOT_AWAITED)
    return order


@action
async def lose_sale(product: int, *, clerk: int, actor: str) -> int:
    """The customer left without it: the line is taken out, and kept as a sale that was lost.

    Returns the id of the lost sale.
    """
    await DB.turn("counter", clerk)
    line = await _line(product, clerk)
    if line is None:
        raise LineGone
    await set_quantity(product, 0, clerk=clerk, actor=actor)
    return await _lose(line, line.quantity, line.unit_price_cents, actor=actor)


@action
async def note_lost(product: int, quantity: int, *, actor: str) -> None:
    """A customer asked for so many and left without; no line of it was in the order."""
    level = await shelves.level(product)
    await _lose(level, quantity, level.price_cents, actor=actor)


async def take_back_missing(operation: int) -> None:
    """With an action that is undone goes what it noted as missing, or it is refused: it is there
    by now, and put aside."""
    await _FIND.all(operation=operation)
    await _STOP.all(operation=operation, now=clock.now())
    served = await _SERVED.first(operation=operation)
    if served is not None:
        raise CannotUndo(f"what was missing is there by now, and put aside in order {served}.")


async def _lose(shelf: Shelf, quantity: int, unit_price_cents: int, *, actor: str) -> int:
    return await _LOSE.one(
        product=shelf.id,
        quantity=quantity,
        unit_price_cents=unit_price_cents,
        available=shelf.available,
        actor=actor,
        now=clock.now(),
        operation=stock.operation(),
    )


async def _line(product: int, clerk: int) -> queries.Line | None:
    """The line of a product in the order on the clerk's counter."""
    cart = await queries.cart(clerk)
    return next((line for line in cart.lines if line.id == product), None) if cart else None
