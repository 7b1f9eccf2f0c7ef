"""Who is told of events, set up by managers."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery

from app import fields
from app.accounts.current import clerk
from app.errors import Refusal
from app.stock.wire import TYPES
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page
from app.webhooks import actions, addresses, queries, schedule, signature

FOR_RECEIVERS = {"most_attempts": schedule.MOST_ATTEMPTS, "tolerance": signature.TOLERANCE}
LOW_STOCK = ("LowStockDetected", "LowStockCleared")


class What(StrEnum):
    """Of which events a hook is told."""

    ALL = "all"
    LOW_STOCK = "low"
    CHOSEN = "chosen"


class WebhookController(Controller):
    path = "/settings/webhooks"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await self._index(request, Form({"what": What.ALL}))

    @post("/")
    async def add(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            address = form.read("address", addresses.address)
            types = _types(form)
            form.check()

            async def act() -> int:
                return await actions.add(address, types=types, actor=visitor.name)

            hook_id = await form.once(visitor.actor, act, int)
        except Refusal as refusal:
            return await self._index(request, form, refusal)
        if addresses.is_mail(address):
            return redirect(_address(hook_id))
        return await self._secret(request, hook_id)

    @get("/{hook:str}")
    async def show(
        self, request: AnyRequest, hook: FromPath[str], before: FromQuery[str] = ""
    ) -> Answer:
        return await self._show(request, fields.id_of(hook), before)

    @post("/{hook:str}/secret")
    async def renew_secret(self, request: AnyRequest, hook: FromPath[str]) -> Answer:
        """Not led to another page: what is shown once has no address."""
        form = await Form.sent(request)
        hook_id = fields.id_of(hook)
        await form.once(clerk(request).actor, partial(actions.renew_secret, hook_id), Any)
        return await self._secret(request, hook_id)

    @post("/{hook:str}/test")
    async def test(self, request: AnyRequest, hook: FromPath[str]) -> Answer:
        test = partial(actions.send_test, actor=clerk(request).name)
        return await self._act(request, hook, test)

    @post("/{hook:str}/pause")
    async def pause(self, request: AnyRequest, hook: FromPath[str]) -> Answer:
        return await self._act(request, hook, actions.pause)

    @post("/{hook:str}/resumption")
    async def resume(self, request: AnyRequest, hook: FromPath[str]) -> Answer:
        return await self._act(request, hook, actions.resume)

    @post("/{hook:str}/replays")
    async def replay_failed(self, request: AnyRequest, hook: FromPath[str]) -> Answer:
        return await self._act(request, hook, actions.replay_failed)

    @post("/{hook:str}/deliveries/{delivery:str}/replay")
    async def replay(
        self, request: AnyRequest, hook: FromPath[str], delivery: FromPath[str]
    ) -> Answer:
        return await self._act(request, hook, partial(actions.replay, fields.id_of(delivery)))

    @post("/{hook:str}/removal")
    async def remove(self, request: AnyRequest, hook: FromPath[str]) -> Answer:
        return await self._act(request, hook, actions.remove, to="/settings/webhooks")

    async def _act(
        self,
        request: AnyRequest,
        hook: str,
        act: Callable[[int], Awaitable[Any]],
        *,
        to: str = "",
    ) -> Answer:
        """Act once, and show the hook again; or say on its page why not."""
        form = await Form.sent(request)
        hook_id = fields.id_of(hook)
        try:
            await form.once(clerk(request).actor, partial(act, hook_id), Any)
        except actions.NotPaused as refusal:
            return await self._show(request, hook_id, refusal=refusal)
        return redirect(to or _address(hook_id))

    async def _index(
        self, request: AnyRequest, form: Form, refusal: Refusal | None = None
    ) -> Answer:
        return await page(
            request,
            "webhooks/index.html",
            status=status_of(refusal),
            place="",
            hooks=await queries.hooks(),
            form=form,
            types=TYPES,
            refusal=said(refusal),
        )

    async def _show(
        self,
        request: AnyRequest,
        hook_id: int,
        before: str = "",
        refusal: Refusal | None = None,
    ) -> Answer:
        hook = await queries.hook(hook_id)
        sent = await queries.sent(hook_id, fields.id_of(before) if before else None)
        shown = sent[: queries.PAGE]
        return await page(
            request,
            "webhooks/show.html",
            status=status_of(refusal),
            place="",
            hook=hook,
            sent=shown,
            older=shown[-1].id if len(sent) > len(shown) else None,
            is_newest=not before,
            is_moving=hook.is_active and any(delivery.is_moving for delivery in shown),
            refusal=said(refusal),
            **FOR_RECEIVERS,
        )

    async def _secret(self, request: AnyRequest, hook_id: int) -> Answer:
        return await page(
            request,
            "webhooks/secret.html",
            place="",
            hook=await queries.hook(hook_id),
            secret=await queries.secret(hook_id),
            **FOR_RECEIVERS,
        )


def _types(form: Form) -> list[str]:
    """The chosen types, none for all of them; a box of the form is named after its type."""
    match form.read("what", fields.choice(What, "which events")):
        case What.LOW_STOCK:
            return list(LOW_STOCK)
        case What.CHOSEN:
            return form.read("types", lambda _: _chosen(form))
    return []


def _chosen(form: Form) -> list[str]:
    chosen = [name for name in TYPES.values() if form[name] == "on"]
    if not chosen:
        raise ValueError("Choose one of them at least.")
    return chosen


def _address(hook_id: int) -> str:
    return f"/settings/webhooks/{hook_id}"
