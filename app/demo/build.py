"""Filling an empty shop with two weeks of real orders."""

from random import Random

from app import clock
from app.database import action
from app.demo.aside import put_aside
from app.demo.care import look_after
from app.demo.chores import Adjusted, Counted, Received
from app.demo.invoices import Invoice
from app.demo.plan import CLERKS, SEED, Happening, Plan
from app.demo.replay import Replay
from app.stock import actions as stock
from app.stock import queries


@action
async def build(plan: Plan) -> None:
    """Open the shop as planned and let everything happen in it: all of it, or nothing."""
    with clock.at(plan.opens):
        products = await _stock_up(plan)
    replay = Replay(products)
    for happening in plan.happenings:
        with clock.at(happening.at):
            await _happen(happening, products, replay)
    with clock.at(plan.happenings[-1].at):
        await put_aside(products, Random(SEED))  # noqa: S311 - no secret comes of it
    await look_after(plan.happenings[-1].at)


async def _stock_up(plan: Plan) -> dict[str, int]:
    """Everything on its shelf. Returns the ids by SKU."""
    return {
        product.sku: await stock.add_product(
            product.sku,
            product.name,
            price_cents=product.price_cents,
            category=product.category,
            barcodes=[product.barcode],
            reorder_point=supply.reorder_point,
            on_hand=supply.opening,
            actor=CLERKS[0],
        )
        for product, supply in plan.products
    }


async def _happen(happening: Happening, products: dict[str, int], replay: Replay) -> None:
    actor = happening.actor
    match happening.what:
        case Invoice() as invoice:
            await replay.enter(invoice, actor=actor)
        case Received(sku, units, note):
            await stock.receive(products[sku], units, actor=actor, note=note)
        case Adjusted(sku, change, note, reason):
            await stock.adjust(products[sku], change, reason=reason, actor=actor, note=note)
        case Counted(sku, variance, note):
            expected = (await queries.level(products[sku])).on_hand
            await stock.count(products[sku], expected + variance, actor=actor, note=note)
