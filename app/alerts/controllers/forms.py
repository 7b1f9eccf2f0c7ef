"""What a clerk types about an alert, in its row: an order, a snooze, another reorder point."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Controller, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath

from app import clock, fields, words
from app.accounts.current import clerk
from app.alerts import actions, care, queries
from app.alerts.care import Until
from app.alerts.queries import Alert
from app.catalog import queries as catalog
from app.errors import Refusal
from app.stock import queries as stock
from app.stock.actions import EditedMeanwhile, Facts, edit_product
from app.stock.queries import Level
from app.web.answer import Answer, AnyRequest
from app.web.csrf import TOO_OLD
from app.web.forms import Form, said, status_of
from app.web.render import done, either, fragment, page

Act = Callable[[], Awaitable[str]]  # does it, and returns what to tell the clerk
Prepare = Callable[[Form, Level, str], Awaitable[Act]]


class FormController(Controller):
    path = "/alerts/{sku:str}"

    @get("/order")
    async def order_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        alert = await _alert(sku)
        return await self._form(request, alert, "order", Form({"quantity": str(alert.proposed)}))

    @get("/snooze")
    async def snooze_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        return await self._form(request, await _alert(sku), "snooze", Form())

    @get("/reorder-point")
    async def reorder_point_form(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        alert = await _alert(sku)
        return await self._form(request, alert, "reorder-point", _filled(alert.level.reorder_point))

    @post("/order")
    async def order(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def order(form: Form, level: Level, actor: str) -> Act:
            async def act() -> str:  # also what is typed is read once: the day may be over then
                quantity = form.read("quantity", fields.quantity)
                today = words.local(clock.now()).date()
                due_on = form.read("due_on", fields.due_day(today))
                form.check()
                await actions.order(level.id, quantity, due_on, actor=actor)
                return f"{words.number(quantity)} of {level.name} ordered, due {care.said(due_on)}."

            return act

        return await self._change(request, sku, "order", order)

    @post("/snooze")
    async def snooze(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def snooze(form: Form, level: Level, actor: str) -> Act:
            until = form.read("until", fields.choice(Until, "for how long"))
            form.check()

            async def act() -> str:
                moment = until.moment()
                await actions.snooze(level.id, moment, actor=actor)
                return f"{level.name} is snoozed until {words.time(moment)}."

            return act

        return await self._change(request, sku, "snooze", snooze)

    @post("/reorder-point")
    async def set_reorder_point(self, request: AnyRequest, sku: FromPath[str]) -> Answer:
        async def edit(form: Form, level: Level, actor: str) -> Act:
            if not form["was_reorder_point"]:
                raise PermissionDeniedException(TOO_OLD)
            was = form.read("was_reorder_point", fields.reorder_point)
            becomes = form.read("reorder_point", fields.reorder_point)
            form.check()
            now = Facts.of(level, await catalog.product(level.id))

            async def act() -> str:
                await edit_product(
                    level.id,
                    was=now._replace(reorder_point=was),
                    becomes=now._replace(reorder_point=becomes),
                    actor=actor,
                )
                return f"The reorder point of {level.name} is {words.number(becomes)}."

            return act

        return await self._change(request, sku, "reorder-point", edit)

    async def _change(self, request: AnyRequest, sku: str, kind: str, prepare: Prepare) -> Answer:
        """Read the form, act once, and show the row again; or the form as it was typed."""
        form = await Form.sent(request)
        level = await stock.level_by_sku(sku)
        visitor = clerk(request)
        try:
            act = await prepare(form, level, visitor.name)
            toast = await form.once(visitor.actor, act, str)
        except Refusal as refusal:
            if isinstance(refusal, EditedMeanwhile):
                form = _filled(refusal.now.reorder_point, typed=form["reorder_point"])
            return await self._form(request, await _alert(sku), kind, form, refusal)
        alert = await queries.alert(level.id)
        return done(request, "alerts/_row.html", to="/alerts", alert=alert, toast=toast)

    async def _form(
        self,
        request: AnyRequest,
        alert: Alert,
        kind: str,
        form: Form,
        refusal: Refusal | None = None,
    ) -> Answer:
        context: dict[str, Any] = {
            "alert": alert,
            "kind": kind,
            "form": form,
            "refusal": said(refusal),
        }
        status = status_of(refusal)
        return await either(
            request,
            fragment=lambda: fragment(request, "alerts/_form_row.html", status=status, **context),
            whole=lambda: page(
                request, "alerts/form.html", status=status, place="Alerts", **context
            ),
        )


async def _alert(sku: str) -> Alert:
    return await queries.alert((await stock.level_by_sku(sku)).id)


def _filled(now: int, *, typed: str | None = None) -> Form:
    """The reorder point as it is, beside what is typed in its place."""
    return Form(
        {
            "reorder_point": str(now) if typed is None else typed,
            "was_reorder_point": str(now),
        }
    )
