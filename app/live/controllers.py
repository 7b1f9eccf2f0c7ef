"""The one event stream of a page."""

from litestar import Controller, get
from litestar.params import FromQuery

from app.accounts import queries as accounts
from app.accounts.current import clerk
from app.live.hub import hub, render_panel
from app.live.place import Place
from app.live.seats import Listening
from app.stock import queries
from app.web.answer import Answer, AnyRequest
from app.web.asked import LISTS
from app.web.csrf import COOKIE
from app.web.render import html, render

MOST_SKUS = 200


class LiveController(Controller):
    path = "/live"

    @get("/")
    async def stream(self, request: AnyRequest, after: FromQuery[str] = "") -> Listening:
        """Server-sent events behind Last-Event-ID, or behind the place the page was made at."""
        code, role = request.cookies[COOKIE], clerk(request).role
        place = Place.read(request.headers.get("last-event-id") or after)

        async def is_allowed() -> bool:
            visitor = await accounts.visitor(code)
            return visitor is not None and visitor.role == role

        messages = hub.stream(place or await Place.now(), is_allowed)
        return Listening(clerk(request).actor, messages)

    @get("/now", opt={LISTS: {"sku"}})
    async def now(self, request: AnyRequest, sku: FromQuery[list[str] | None] = None) -> Answer:
        """How the given products stand now: for a screen that missed too much."""
        levels = await queries.levels_by_sku((sku or [])[:MOST_SKUS])
        changes = render("live/_changes.html", levels=levels)
        return html(request, await render_panel() + changes)
