"""One order: look at it, and open the form for its next step."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Controller, get
from litestar.params import FromPath

from app import clock, fields, words
from app.accounts import queries as accounts
from app.errors import Refusal
from app.orders import lists, queries, until
from app.orders.queries import Line, Placed
from app.orders.tables import OrderStatus
from app.orders.until import MORE, Choice
from app.settings import settings
from app.stock import log
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import done, either, fragment, page

# The steps that ask for something, by what the order is.
FORMS: Mapping[str, Sequence[str]] = {
    OrderStatus.OPEN: ("extension", "release", "cancellation"),
    OrderStatus.COMPLETED: ("returns", "cancellation"),
}
STEPS = ("completion", "recall", "extension", "release", "cancellation", "returns", "repetition")


class OrderController(Controller):
    path = "/orders/{order_id:str}"

    @get("/")
    async def show(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        return await _page(request, fields.id_of(order_id))

    @get("/row")
    async def row(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        return fragment(request, "orders/_row.html", **await _row(fields.id_of(order_id)))

    @get([f"/{kind}/new" for kind in ("extension", "release", "cancellation", "returns")])
    async def form(self, request: AnyRequest, order_id: FromPath[str]) -> Answer:
        kind = request.url.path.rstrip("/").split("/")[-2]
        return await _page(request, fields.id_of(order_id), kind=kind)

    @get([f"/{step}" for step in STEPS])
    async def back(self, order_id: FromPath[str]) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect(f"/orders/{fields.id_of(order_id)}")


async def stepped(request: AnyRequest, order_id: int, form: Form, **context: Any) -> Answer:
    """The order after a step: in the list its row, on its own page all of it."""
    address = f"/orders/{order_id}"
    if form["view"] == "row":
        shown = await _row(order_id, **context)
        return done(request, "orders/_row.html", to=address, **shown)
    shown = await _order(order_id, **context)
    headers = {"hx-replace-url": address}
    return done(request, "orders/_order.html", to=address, headers=headers, **shown)


async def refused(
    request: AnyRequest, order_id: int, form: Form, refusal: Refusal, *, kind: str
) -> Answer:
    """The order as it is now, why the step was refused, and the form as it was typed."""
    status = status_of(refusal)
    shown = await _order(order_id, kind=kind, form=form, refusal=said(refusal))
    row = await _row(order_id, refusal=str(refusal))
    in_list = form["view"] == "row"
    template, context = ("_row.html", row) if in_list else ("_order.html", shown)
    return await either(
        request,
        fragment=lambda: fragment(request, f"orders/{template}", status=status, **context),
        whole=lambda: page(request, "orders/show.html", status=status, place="Orders", **shown),
    )


async def _page(request: AnyRequest, order_id: int, **context: Any) -> Answer:
    return await page(
        request, "orders/show.html", place="Orders", **await _order(order_id, **context)
    )


async def _row(order_id: int, **context: Any) -> dict[str, Any]:
    """What an order in a list shows."""
    return {"order": await lists.row(order_id), "refusal": "", **context}


async def _order(
    order_id: int, *, kind: str = "", form: Form | None = None, **context: Any
) -> dict[str, Any]:
    """What a whole order shows. The form of a step that it cannot take any more is left out."""
    row = await lists.row(order_id)
    order = await queries.order(order_id)
    events = await log.of_order(order_id)
    return {
        "row": row,
        "order": order,
        "products": per_product(order.lines),
        "days": log.by_day(events),
        "undone_by": await log.undone_by(events),
        "programs": await accounts.programs(),
        "kind": kind if kind in FORMS.get(order.status, ()) else "",
        "form": form or Form(),
        "longer": _longer(order),
        "refusal": "",
        **context,
    }


def _longer(order: Placed) -> list[Choice]:
    """The ends to choose from that are behind the end of a hold."""
    if not order.is_held or order.expires_at is None:
        return []
    lasts = order.expires_at - clock.now()
    more = Choice(MORE, f"{words.plural(settings.hold // timedelta(minutes=1), 'minute')} more")
    return [more, *(choice for choice in until.choices() if until.read(choice.value) > lasts)]


def per_product(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of an order, those of the same product as one."""
    merged: dict[int, Line] = {}
    for line in lines:
        before = merged.get(line.id)
        merged[line.id] = line if before is None else _sum(before, line)
    return list(merged.values())


def _sum(one: Line, other: Line) -> Line:
    return msgspec.structs.replace(
        one, quantity=one.quantity + other.quantity, returned=one.returned + other.returned
    )
