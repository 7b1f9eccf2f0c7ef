"""What the counter answers: the order as it stands, done or refused, as a piece or a whole page."""

from typing import Any

from app.accounts.current import clerk
from app.accounts.queries import Visitor
from app.alerts import queries as alerts
from app.counter import hits
from app.errors import Refusal
from app.orders import holds, queries, until
from app.stock import log, promises
from app.stock.actions import InsufficientStock
from app.web.answer import Answer, AnyRequest
from app.web.forms import status_of
from app.web.render import done as answer
from app.web.render import either, fragment, page


async def show(
    request: AnyRequest,
    *,
    status: int = 200,
    search: str = "",
    says: str = "",
    instead_of: str = "",
    **context: Any,
) -> Answer:
    found = await hits.shown(search, says, instead_of=instead_of)
    order = await order_of(clerk(request), **context)
    low = await alerts.low_stock()
    return await page(
        request, "counter/show.html", status=status, place="Counter", **found, **order, **low
    )


async def done(request: AnyRequest, **context: Any) -> Answer:
    order = await order_of(clerk(request), **context)
    return answer(request, "counter/_order.html", to="/counter", **order)


async def refused(request: AnyRequest, refusal: Refusal, **context: Any) -> Answer:
    """The order as it stands, and in it what was refused. Nothing was sold."""
    context |= {"refusal": refusal}
    order = await order_of(clerk(request), **context)
    status = status_of(refusal)
    return await either(
        request,
        fragment=lambda: fragment(request, "counter/_order.html", status=status, **order),
        whole=lambda: show(request, status=status, **context),
    )


async def order_of(visitor: Visitor, **context: Any) -> dict[str, Any]:
    """What the order on the counter shows."""
    order = await queries.cart(visitor.clerk)
    last_sale = await queries.last_sale(visitor.clerk)
    refusal = context.get("refusal")
    short = refusal.shortages if isinstance(refusal, InsufficientStock) else ()
    lines = order.lines if order else ()
    return {
        "order": order,
        "promised": {
            line.id: promises.said(await promises.of(line.id)) if line.left < 0 else ""
            for line in lines
        },
        "holds": [] if lines else await holds.first(),
        "untils": until.choices(),
        "last_sale": last_sale,
        "undo_sale": await log.undoable(last_sale.id) if last_sale else None,
        "refused": set() if order and order.is_held else {part.product for part in short},
        "refusal": None,
        "mistake": None,
        "just_scanned": None,
        "aside": {"customer": "", "until": ""},
        "toast": "",
        **context,
    }
