"""Low stock at full size, most urgent first."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, get
from litestar.params import FromQuery

from app.accounts.current import clerk
from app.alerts import queries, urgency
from app.alerts.care import Only
from app.stock import lists
from app.stock import queries as stock
from app.web.answer import Answer, AnyRequest
from app.web.asked import LISTS
from app.web.render import fragment, page


class AlertController(Controller):
    path = "/alerts"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await alerts_page(request)

    @get("/rows", opt={LISTS: {"sku"}})
    async def rows(self, request: AnyRequest, sku: FromQuery[list[str] | None] = None) -> Answer:
        """The rows that a screen shows, as they are now, in the order in which it shows them."""
        asked = request.query_params
        only = _only(asked.get("only", ""))
        name = clerk(request).name
        levels = await stock.levels_by_sku((sku or [])[: queries.PAGE])
        return fragment(
            request,
            "alerts/_rows.html",
            alerts=await queries.drawn(await queries.alerts([level.id for level in levels])),
            only=only,
            filters=await queries.counts(name),
            counts=await lists.counts(await stock.last_event()),
            low=asked.get("low", ""),
        )


async def alerts_page(request: AnyRequest, *, status: int = 200, refusal: str = "") -> Answer:
    """The page; what its address cannot mean is left out."""
    asked = request.query_params
    only, name = _only(asked.get("only", "")), clerk(request).name
    at = None
    with suppress(ValueError):
        at = urgency.place(asked.get("at", ""))
    found = await queries.page(at=at, only=only, name=name)
    context: dict[str, Any] = {
        "alerts": await queries.drawn(found.alerts),
        "next": found.next,
        "shown": urlencode([("sku", alert.level.sku) for alert in found.alerts]),
        "is_first": at is None,
        "only": only,
        "filters": await queries.counts(name),
        "refusal": refusal,
    }
    return await page(request, "alerts/index.html", status=status, place="Alerts", **context)


def _only(text: str) -> Only | None:
    return Only(text) if text in list(Only) else None
