"""Tokens for programs, made and revoked by managers."""

from datetime import timedelta

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts import actions, queries, secrets
from app.accounts.cookies import session_code
from app.accounts.current import by, clerk
from app.accounts.tables import Scope
from app.errors import NotFound, Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page

TOKENS = "/settings/tokens"
DAYS = ("7", "30", "90", "365")
DEFAULT = {"scope": Scope.READ.value, "days": str(actions.TOKEN_LASTS.days)}


class TokenController(Controller):
    path = TOKENS

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await _index(request, Form(DEFAULT))

    @post("/")
    async def add(self, request: AnyRequest) -> Answer:
        """Not led to another page: what is shown once has no address."""
        form = await Form.sent(request)
        token = secrets.as_token(secrets.code_for(session_code(request), form.identity))
        try:
            name = form.read("name", fields.clerk_name)
            scope = form.read("scope", fields.choice(Scope, "what it may do"))
            lasts = form.read("days", _days)
            form.check()

            async def act() -> None:
                await actions.add_token(name, scope, lasts=lasts, token=token, by=by(request))

            await form.once(clerk(request).actor, act, type(None))
        except Refusal as refusal:
            return await _index(request, form, refusal)
        return await page(
            request, "accounts/token.html", place="", name=name, scope=scope, token=token
        )

    @post("/{token:str}/revocation")
    async def revoke(self, request: AnyRequest, token: FromPath[str]) -> Answer:
        form = await Form.sent(request)

        async def act() -> None:
            await actions.revoke_token(fields.id_of(token), by=by(request))

        try:
            await form.once(clerk(request).actor, act, type(None))
        except NotFound as refusal:
            return await _index(request, Form(DEFAULT), refusal)
        return redirect(TOKENS)


async def _index(request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
    return await page(
        request,
        "accounts/tokens.html",
        status=status_of(refusal),
        place="",
        tokens=await queries.tokens(),
        days=DAYS,
        form=form,
        refusal=said(refusal),
    )


def _days(typed: str) -> timedelta:
    if typed not in DAYS:
        raise ValueError("Choose how long it is good for.")
    return timedelta(days=int(typed))
