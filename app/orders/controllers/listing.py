"""The list of orders."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Stream

from app import clock, fields, words
from app.accounts.current import clerk
from app.orders import actions, backorders, lists, totals
from app.orders.lists import Show
from app.orders.rows import Row
from app.web import spreadsheet
from app.web.answer import Answer, AnyRequest
from app.web.forms import Form
from app.web.render import done, either, fragment, page, query
from app.web.spreadsheet import Cell

PIECE = 200  # rows of a spreadsheet, read at once
HEADER = (
    *("order", "state", "clerk", "customer", "reference", "note", "begun", "put_aside", "expires"),
    *("completed", "ended", "lines", "units", "came_back", "total"),
)


class OrdersController(Controller):
    path = "/orders"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await page(request, "orders/index.html", place="Orders", **await _listed(request))

    @get("/rows")
    async def rows(self, request: AnyRequest) -> Answer:
        listed = await _listed(request)
        address = {"hx-replace-url": f"/orders{query(listed['chosen'])}"}
        return await either(
            request,
            fragment=lambda: fragment(request, "orders/_rows.html", headers=address, **listed),
            whole=lambda: page(request, "orders/index.html", place="Orders", **listed),
        )

    @get("/export")
    async def export(self, request: AnyRequest) -> Stream:
        """Everything that the list is cut to, as a spreadsheet."""
        show, search = _asked(request)
        name = f"orders-{words.local(clock.now()):%Y-%m-%d}.csv"
        return spreadsheet.attachment(name, HEADER, _pieces(show, search))

    @post("/waiting/{backorder:str}/end")
    async def stop_waiting(self, request: AnyRequest, backorder: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        waits = fields.id_of(backorder)

        async def act() -> None:
            await actions.stop_waiting(waits)

        await form.once(clerk(request).actor, act, type(None))
        return done(
            request,
            "orders/_toast.html",
            to=f"/orders{query({'show': Show.WAITING})}",
            toast="Nobody waits for it any more.",
        )


def _asked(request: AnyRequest) -> tuple[Show, str]:
    asked = request.query_params
    show = Show(asked["show"]) if asked.get("show") in list(Show) else Show.TODAY
    return show, asked.get("search", "").strip()[:100]


async def _listed(request: AnyRequest) -> dict[str, Any]:
    """What the address asks to see of the list; what it cannot mean is left out."""
    show, search = _asked(request)
    try:
        at = lists.place(request.query_params["at"])
    except (KeyError, ValueError):
        at = None
    is_waiting = show is Show.WAITING and not search
    is_today = show is Show.TODAY and not search
    return {
        "page": await lists.page(show, search, at=at),
        "cuts": await totals.counts(),
        "most_counted": totals.MOST_COUNTED,
        "sold": await totals.sold_today() if is_today else None,
        "waiting": await backorders.waiting() if is_waiting else None,
        "show": show,
        "search": search,
        "chosen": {"show": "" if show is Show.TODAY else show, "search": search},
    }


async def _pieces(show: Show, search: str) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    """All orders of a list, a piece at a time."""
    at = None
    while True:
        found = await lists.page(show, search, at=at, limit=PIECE)
        yield map(_cells, found.rows)
        if found.next is None:
            return
        at = lists.place(found.next)


def _cells(row: Row) -> Sequence[Cell]:
    return (
        row.id,
        row.status,
        row.actor,
        row.customer,
        row.reference,
        row.note,
        _moment(row.created_at),
        _moment(row.held_at),
        _moment(row.expires_at),
        _moment(row.completed_at),
        _moment(row.closed_at),
        row.lines,
        row.units,
        row.returned,
        words.plain_money(row.total_cents),
    )


def _moment(at: datetime | None) -> str:
    return f"{words.local(at):%Y-%m-%d %H:%M:%S}" if at else ""
