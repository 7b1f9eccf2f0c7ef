"""What a clerk does about one alert with one press: claim, release, wake, take back an order."""

from collections.abc import Awaitable, Callable

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import clerk
from app.accounts.queries import Visitor
from app.alerts import actions, queries
from app.alerts.controllers.listing import alerts_page
from app.errors import NotFound, Refusal
from app.stock import queries as stock
from app.stock.queries import Level
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import done, either, fragment


async def claim(level: Level, visitor: Visitor) -> str:
    await actions.claim(level.id, actor=visitor.name)
    return f"{level.name} claimed."


async def release(level: Level, visitor: Visitor) -> str:
    await actions.release(level.id, actor=visitor.name, is_manager=visitor.is_manager)
    return f"{level.name} released."


async def wake(level: Level, _: Visitor) -> str:
    await actions.wake(level.id)
    return f"{level.name} is no longer snoozed."


async def take_back(level: Level, _: Visitor) -> str:
    await actions.take_back(level.id)
    return f"{level.name} is no longer ordered."


# Each does it, and returns what to tell the clerk.
WAYS: dict[str, Callable[[Level, Visitor], Awaitable[str]]] = {
    "claim": claim,
    "release": release,
    "waking": wake,
    "cancellation": take_back,
}


class CareController(Controller):
    path = "/alerts/{sku:str}"

    @get("/row")
    async def row(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        level = await stock.level_by_sku(sku)
        alert = await queries.alert(level.id)
        return fragment(request, "alerts/_row.html", alert=alert)

    @get("/{way:str}")
    async def back(self, way: FromPath[str]) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        _known(way)
        return redirect("/alerts")

    @post("/{way:str}")
    async def press(self, request: AnyRequest, sku: FromPath[str], way: FromPath[str]) -> Answer:
        """Act once, and show the row again; or say why not."""
        act = _known(way)
        form = await Form.sent(request)
        level = await stock.level_by_sku(sku)
        visitor = clerk(request)
        try:
            toast = await form.once(visitor.actor, lambda: act(level, visitor), str)
        except Refusal as refusal:
            return await _refused(request, refusal)
        to = form["to"] if fields.is_own_path(form["to"]) else "/alerts"
        alert = await queries.alert(level.id)
        return done(request, "alerts/_row.html", to=to, alert=alert, toast=toast)


def _known(way: str) -> Callable[[Level, Visitor], Awaitable[str]]:
    if way not in WAYS:
        raise NotFound("There is no such thing.")
    return WAYS[way]


async def _refused(request: AnyRequest, refusal: Refusal) -> Answer:
    said, status = str(refusal), refusal.status
    target = {"hx-retarget": "#toasts", "hx-reswap": "beforeend"}
    return await either(
        request,
        fragment=lambda: fragment(
            request, "errors/_toast.html", status=status, headers=target, message=said
        ),
        whole=lambda: alerts_page(request, status=status, refusal=said),
    )
