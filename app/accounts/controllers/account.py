"""A clerk's own account: the password, the PIN, and where one is signed in."""

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts import actions, queries, secrets
from app.accounts.controllers.coming import come_in
from app.accounts.cookies import take_session
from app.accounts.current import by, clerk
from app.accounts.proving import own_password, tell_wait
from app.errors import NotFound, Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form, said, status_of
from app.web.render import page

ACCOUNT = "/account"


class AccountController(Controller):
    """No form here acts ``once``: a password is never kept with an answer, and twice is as once."""

    path = ACCOUNT

    @get("/")
    async def show(self, request: AnyRequest) -> Answer:
        return await _page(request, Form())

    @post("/password")
    async def change_password(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        visitor = clerk(request)
        try:
            old = form.read("old", await own_password(request, form["old"]))
            password = form.read("password", secrets.password_of(visitor.name))
            form.read("again", secrets.same_as(form["password"]))
            form.check()
            password_hash = await secrets.hash_password(password)
            await actions.change_password(
                visitor.clerk, password_hash=password_hash, instead_of=old, by=by(request)
            )
        except Refusal as refusal:
            return await _page(request, form, refusal)
        return await come_in(request, visitor.clerk, password_hash, ACCOUNT)

    @post("/pin")
    async def set_pin(self, request: AnyRequest) -> Answer:
        form = await Form.sent(request)
        try:
            pin = form.read("pin", secrets.pin)
            form.read("pin_again", secrets.same_as(form["pin"], what="PINs"))
            own = form.read("own", await own_password(request, form["own"]))
            form.check()
            pin_hash = await secrets.hash_password(pin)
            await actions.set_pin(
                clerk(request).clerk, pin_hash=pin_hash, password_hash=own, by=by(request)
            )
        except Refusal as refusal:
            return await _page(request, form, refusal)
        return redirect(ACCOUNT)

    @post("/pin/removal")
    async def remove_pin(self, request: AnyRequest) -> Answer:
        await Form.sent(request)
        await actions.remove_pin(clerk(request).clerk, by=by(request))
        return redirect(ACCOUNT)

    @post("/sessions/end")
    async def end_sessions(self, request: AnyRequest) -> Answer:
        """This one as well."""
        await Form.sent(request)
        await actions.end_sessions(clerk(request).clerk, by=by(request))
        answer = redirect("/sign-in")
        take_session(answer)
        return answer

    @post("/sessions/{session:str}/end")
    async def end_session(self, request: AnyRequest, session: FromPath[str]) -> Answer:
        form = await Form.sent(request)
        try:
            await actions.end_session(
                fields.id_of(session), clerk=clerk(request).clerk, by=by(request)
            )
        except NotFound as refusal:
            return await _page(request, form, refusal)
        return redirect(ACCOUNT)


async def _page(request: AnyRequest, form: Form, refusal: Refusal | None = None) -> Answer:
    visitor = clerk(request)
    answer = await page(
        request,
        "accounts/account.html",
        status=status_of(refusal),
        place="",
        form=form,
        refusal=said(refusal),
        me=await queries.person(visitor.clerk),
        sessions=await queries.sessions(visitor.clerk),
    )
    return tell_wait(answer, refusal)
