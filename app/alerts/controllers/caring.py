"""What a clerk does about one alert with one press: claim, release, wake, take back an order."""

from collections.abc import Awaitable, Callable

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts.current import clerk
from app.accounts.queries import Visitor
from app.alerts import actions, queries
from app.alerts.controllers.listing import alerts_page
from app.errors import Refusal
from app.stock import queries as stock
from app.stock.queries import Level
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import done, either, fragment

Press = Callable[[Level, Visitor], Awaitable[str]]  # does it, and returns what to tell the clerk


class CareController(Controller):
    path = "/alerts/{sku:str}"

    @get("/row")
    async def row(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        level = await stock.level_by_sku(sku)
        return fragment(request, "alerts/_row.html", **await shown(request, level))

    @get(["/claim", "/release", "/waking", "/cancellation"])
    async def back(self) -> Answer:
        """Whoever comes back by address to where a form was sent."""
        return redirect("/alerts")

    @post("/claim")
    async def claim(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def press(level: Level, visitor: Visitor) -> str:
            await actions.claim(level.id, actor=visitor.name)
            return f"{level.name} claimed."

        return await self._pressed(request, sku, press)

    @post("/release")
    async def release(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def press(level: Level, visitor: Visitor) -> str:
            await actions.release(
                level.id, actor=visitor.name, is_manager=visitor.is_manager
            )
            return f"{level.name} released."

        return await self._pressed(request, sku, press)

    @post("/waking")
    async def wake(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def press(level: Level, _: Visitor) -> str:
            await actions.wake(level.id)
            return f"{level.name} is no longer snoozed."

        return await self._pressed(request, sku, press)

    @post("/cancellation")
    async def take_back(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def press(level: Level, _: Visitor) -> str:
            await actions.take_back(level.id)
            return f"{level.name} is no longer ordered."

        return await self._pressed(request, sku, press)

    async def _pressed(self, request: AnyRequest, sku: str, press: Press) -> Answer:
        """Act once, and show the row again; or say why not."""
        form = await Form.sent(request)
        level = await stock.level_by_sku(sku)
        visitor = clerk(request)
        try:
            toast = await form.once(visitor.actor, lambda: press(level, visitor), str)
        except Refusal as refusal:
            said, status = str(refusal), refusal.status
            target = {"hx-retarget": "#toasts", "hx-reswap": "beforeend"}
            return await either(
                request,
                fragment=lambda: fragment(
                    request,
                    "errors/_toast.html",
                    status=status,
                    headers=target,
                    message=said,
                ),
                whole=lambda: alerts_page(request, status=status, refusal=said),
            )
        to = form["to"] if fields.is_own_path(form["to"]) else "/alerts"
        row = {**await shown(request, level), "toast": toast}
        return done(request, "alerts/_row.html", to=to, **row)


async def shown(request: AnyRequest, level: Level) -> dict[str, object]:
    """What the row of one product shows to whoever looks."""
    (alert,) = await queries.alerts([level.id])
    return {"alert": alert, "clerk": clerk(request)}
