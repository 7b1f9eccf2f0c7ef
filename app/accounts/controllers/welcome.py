"""Coming in by a one-time link."""

from litestar import Controller, get, post
from litestar.params import FromPath

from app import fields
from app.accounts import actions, queries, secrets
from app.accounts.actions import By
from app.accounts.controllers.coming import come_in, shown
from app.accounts.current import by_link
from app.errors import NotFound, Refusal
from app.web.answer import Answer, AnyRequest
from app.web.client import address_of
from app.web.forms import Form


class WelcomeController(Controller):
    path = "/welcome/{code:str}"

    @get("/")
    async def welcome_form(self, request: AnyRequest, code: FromPath[str]) -> Answer:
        invitation = await _invitation(code)
        return _welcome(request, code, invitation, Form({"name": invitation.name}))

    @post("/", before_request=by_link)
    async def welcome(self, request: AnyRequest, code: FromPath[str]) -> Answer:
        form = await Form.sent_by_anybody(request)
        invitation = await _invitation(code)
        try:
            name = form.read("name", fields.clerk_name)
            password = form.read("password", secrets.password_of(form["name"]))
            form.read("again", secrets.same_as(form["password"]))
            form.check()
            password_hash = await secrets.hash_password(password)
            who = await actions.accept(
                code, name=name, password_hash=password_hash, by=By(address=address_of(request))
            )
        except NotFound:
            raise
        except Refusal as refusal:
            return _welcome(request, code, invitation, form, refusal)
        return await come_in(request, who, password_hash)


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
    answer = shown(
        request, "accounts/welcome.html", refusal, code=code, invitation=invitation, form=form
    )
    answer.headers["referrer-policy"] = "no-referrer"  # its address lets somebody in
    return answer
