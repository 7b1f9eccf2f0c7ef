"""The door: coming in by a link, signing in and out; and the way to the settings."""

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery

from app import fields
from app.accounts import actions, queries, secrets
from app.accounts.current import by_link, clerk
from app.errors import NotFound, Refusal
from app.settings import settings
from app.web.answer import Answer, AnyRequest, redirect
from app.web.csrf import COOKIE
from app.web.forms import Form, said, status_of
from app.web.render import door, page

WRONG = "The name or the password is not right."


class DoorController(Controller):
    """What is open to somebody who has no session yet."""

    @get("/sign-in")
    async def sign_in_form(self, request: AnyRequest, next: FromQuery[str] = "") -> Answer:  # noqa: A002
        return door(request, "accounts/sign_in.html", form=Form({"next": next}), refusal="")

    @post("/sign-in")
    async def sign_in(self, request: AnyRequest) -> Answer:
        form = await Form.sent_by_anybody(request)
        address = request.client.host if request.client else ""
        try:
            await actions.note_try(form["name"], address)
        except actions.TooManyTries as refusal:
            answer = door(
                request, "accounts/sign_in.html", status=429, form=form, refusal=str(refusal)
            )
            answer.headers["retry-after"] = str(refusal.retry_after)
            return answer
        known = await queries.known(form["name"])
        right = await secrets.is_password(form["password"], known.password_hash if known else None)
        if known is None or not right:
            return door(request, "accounts/sign_in.html", status=422, form=form, refusal=WRONG)
        await actions.forgive(form["name"])
        return await _come_in(request, known.id, form["next"])

    @get("/welcome/{code:str}")
    async def welcome_form(self, request: AnyRequest, code: FromPath[str]) -> Answer:
        invitation = await _invitation(code)
        return _welcome(request, code, invitation, Form({"name": invitation.name}))

    @post("/welcome/{code:str}", before_request=by_link)
    async def welcome(self, request: AnyRequest, code: FromPath[str]) -> Answer:
        form = await Form.sent_by_anybody(request)
        invitation = await _invitation(code)
        try:
            name = form.read("name", fields.clerk_name)
            password = form.read("password", secrets.password)
            form.read("again", lambda typed: _same(typed, form["password"]))
            form.check()
            password_hash = await secrets.hash_password(password)
            who = await actions.accept(code, name=name, password_hash=password_hash)
        except NotFound:
            raise
        except Refusal as refusal:
            return _welcome(request, code, invitation, form, refusal)
        return await _come_in(request, who)


class SignOutController(Controller):
    path = "/sign-out"

    @get("/")
    async def show(self, request: AnyRequest) -> Answer:
        return await page(request, "accounts/sign_out.html", place="")

    @post("/")
    async def sign_out(self, request: AnyRequest) -> Answer:
        await Form.sent(request)
        await actions.sign_out(clerk(request).session)
        answer = redirect("/sign-in")
        answer.headers |= {
            "set-cookie": f"{_cookie('')}; Max-Age=0",
            "clear-site-data": '"cache", "storage"',
        }
        return answer


class SettingsController(Controller):
    path = "/settings"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await page(request, "accounts/settings.html", place="")


async def _invitation(code: str) -> queries.Invitation:
    invitation = await queries.invitation(code)
    if invitation is None:
        raise actions.LinkUsed
    return invitation


def _welcome(
    request: AnyRequest,
    code: str,
    invitation: queries.Invitation,
    form: Form,
    refusal: Refusal | None = None,
) -> Answer:
    status = status_of(refusal)
    answer = door(
        request,
        "accounts/welcome.html",
        status=status,
        code=code,
        invitation=invitation,
        form=form,
        refusal=said(refusal),
    )
    answer.headers["referrer-policy"] = "no-referrer"  # its address lets somebody in
    return answer


async def _come_in(request: AnyRequest, who: int, to: str = "") -> Answer:
    answer = redirect(to if fields.is_own_path(to) else "/counter")
    code = await actions.sign_in(who, instead_of=request.cookies.get(COOKIE, ""))
    answer.headers["set-cookie"] = _cookie(code)
    return answer


def _cookie(code: str) -> str:
    secure = "; Secure" if settings.is_https else ""
    return f"{COOKIE}={code}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _same(typed: str, before: str) -> str:
    if typed != before:
        raise ValueError("The two passwords differ.")
    return typed
