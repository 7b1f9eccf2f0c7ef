"""The door: coming in by a link, signing in and out."""

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery

from app import fields
from app.accounts import actions, queries, secrets
from app.accounts.current import clerk
from app.errors import Invalid, NotFound, Refusal
from app.settings import settings
from app.web.answer import Answer, AnyRequest, redirect
from app.web.csrf import COOKIE
from app.web.forms import Form
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
            await actions.check_throttle(form["name"], address)
            known = await queries.known(form["name"])
            right = await secrets.is_password(
                form["password"], known.password_hash if known else None
            )
            if known is None or not right:
                await actions.note_failure(form["name"], address)
                return door(request, "accounts/sign_in.html", status=422, form=form, refusal=WRONG)
        except actions.TooManyTries as refusal:
            answer = door(
                request, "accounts/sign_in.html", status=429, form=form, refusal=str(refusal)
            )
            answer.headers["retry-after"] = str(refusal.retry_after)
            return answer
        await actions.forgive(form["name"])
        return await _come_in(known.id, form["next"])

    @get("/welcome/{code:str}")
    async def welcome_form(self, request: AnyRequest, code: FromPath[str]) -> Answer:
        invitation = await queries.invitation(code)
        if invitation is None:
            raise actions.LinkUsed
        form = Form({"name": invitation.name})
        return door(request, "accounts/welcome.html", code=code, form=form, refusal="")

    @post("/welcome/{code:str}")
    async def welcome(self, request: AnyRequest, code: FromPath[str]) -> Answer:
        form = await Form.sent_by_anybody(request)
        try:
            name = form.read("name", fields.clerk_name)
            password = form.read("password", secrets.password)
            form.read("again", lambda typed: _same(typed, form["password"]))
            form.check()
            if await queries.invitation(code) is None:
                raise actions.LinkUsed
            password_hash = await secrets.hash_password(password)
            new = await actions.accept(code, name=name, password_hash=password_hash)
        except NotFound:
            raise
        except Refusal as refusal:
            status, said = (422, "") if isinstance(refusal, Invalid) else (409, str(refusal))
            return door(
                request,
                "accounts/welcome.html",
                status=status,
                code=code,
                form=form,
                refusal=said,
            )
        return await _come_in(new, "")


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


async def _come_in(who: int, to: str) -> Answer:
    answer = redirect(to if fields.is_own_path(to) else "/counter")
    answer.headers["set-cookie"] = _cookie(await actions.sign_in(who))
    return answer


def _cookie(code: str) -> str:
    secure = "; Secure" if settings.is_https else ""
    return f"{COOKIE}={code}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _same(typed: str, before: str) -> str:
    if typed != before:
        raise ValueError("The two passwords differ.")
    return typed
