"""Bugs in what is believed of those who ask, and in what they are told."""

import logging
from typing import Any

import msgspec
from litestar.types import Receive, Scope, Send

from app.accounts import current, queries, secrets
from app.accounts.actions import throttling
from app.accounts.queries import Client, Visitor
from app.accounts.tables import Clerk
from app.database import DB
from app.live import seats
from app.web import forms, outer, render
from app.web.answer import AnyRequest
from app.web.api import Call
from app.web.forms import Form
from app.web.outer import Outer
from tests.faults.careless.bugs import bug, put


@bug
def lenient() -> None:
    """Whatever looks like a number is one."""
    honest = Call.read

    async def read(self: Call[Any, Any], request: AnyRequest) -> Any:
        if request.method == "GET":
            return await honest(self, request)
        body = await request.body() or b"{}"
        return msgspec.json.decode(body, type=self.takes, strict=False)

    put(Call, read=read)


@bug
def believing() -> None:
    """A request is taken for what it says it is, however odd or large."""
    put(outer, malformed=lambda _: None)


@bug
def crowded() -> None:
    """Whoever wants to listen may."""
    put(seats, most_streams=lambda: 100_000)


@bug
def unescaped() -> None:
    """What was typed is put into a page as it is."""
    put(render.environment, autoescape=False)


@bug
def welcoming() -> None:
    """A form is taken from anywhere."""
    put(current, check_origin=lambda _: None)
    put(forms, check_token=lambda *_: None)


@bug
def lingering() -> None:
    """Whoever was let in once stays."""
    honest = queries.visitor
    seen: dict[str, Visitor | None] = {}

    async def visitor(code: str) -> Visitor | None:
        seen[code] = seen.get(code) or await honest(code)
        return seen[code]

    put(queries, visitor=visitor)


@bug
def tireless() -> None:
    """A password may be tried for ever."""

    async def take_all(_: object) -> None:
        return None

    put(throttling, _take_all=take_all)


@bug
def alone() -> None:
    """Passwords are looked at where everybody is served."""

    async def is_password(typed: str, password_hash: str | None) -> bool:
        return secrets._verify(password_hash or secrets._NOBODY, typed)

    put(secrets, is_password=is_password)


@bug
def equal() -> None:
    """Everybody may do what a manager may, and every program may write."""
    put(Visitor, is_manager=True)
    put(Client, can_write=True)


@bug
def assigning() -> None:
    """Whatever a form sends is written where there is a column for it."""
    honest = Form.sent

    async def sent(request: AnyRequest) -> Form:
        form = await honest(request)
        given: dict[Any, Any] = {
            name: form[name] for name in ("role", "password_hash") if form[name]
        }
        if form["id"] and given:
            await DB.run(Clerk.update(given).where(Clerk.id == int(form["id"])).run)
        return form

    put(Form, sent=sent)


@bug
def talkative() -> None:
    """What was sent is told to the log."""
    honest = Outer.__call__

    async def call(self: Outer, scope: Scope, receive: Receive, send: Send) -> None:
        logging.getLogger("onhand").info("asked: %s", scope.get("headers"))
        await honest(self, scope, receive, send)

    put(Outer, __call__=call)
