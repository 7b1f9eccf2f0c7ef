"""The list of orders."""

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import clerk
from app.orders import actions, lists, queries
from app.orders.lists import Show
from app.web.answer import Answer, AnyRequest
from app.web.forms import Form
from app.web.render import done, either, fragment, page, query


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


async def _listed(request: AnyRequest) -> dict[str, Any]:
    """What the address asks to see of the list; what it cannot mean is left out."""
    asked = request.query_params
    search = asked.get("search", "").strip()[:100]
    show = Show(asked["show"]) if asked.get("show") in list(Show) else Show.TODAY
    try:
        at = lists.place(asked["at"]) if "at" in asked else None
    except ValueError:
        at = None
    is_waiting = show is Show.WAITING and not search
    is_today = show is Show.TODAY and not search
    return {
        "page": await lists.page(show, search, at=at),
        "cuts": await lists.counts(),
        "most_counted": lists.MOST_COUNTED,
        "sold": await lists.sold_today() if is_today else None,
        "waiting": await queries.waiting() if is_waiting else None,
        "show": show,
        "search": search,
        "chosen": {"show": "" if show is Show.TODAY else show, "search": search},
        "refusal": "",
    }
