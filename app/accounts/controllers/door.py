"""Signing in with a name and a password; at an open till the names of the clerks stand there."""

from litestar import Controller, get, post
from litestar.params import FromQuery

from app.accounts import queries, secrets
from app.accounts.controllers.coming import come_in, shown
from app.accounts.cookies import till_code
from app.accounts.proving import check_password
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest
from app.web.forms import Form

PASSWORD = "password"  # noqa: S105 - the other way in, at an open till


class DoorController(Controller):
    path = "/sign-in"

    @get("/")
    async def sign_in_form(
        self,
        request: AnyRequest,
        next: FromQuery[str] = "",  # noqa: A002
        by: FromQuery[str] = "",
    ) -> Answer:
        form = Form({"next": next})
        till = await queries.till(till_code(request))
        clerks = await queries.at_till() if till else []
        if clerks and by != PASSWORD:
            return shown(request, "accounts/till.html", None, form=form, clerks=clerks)
        return shown(
            request, "accounts/sign_in.html", None, form=form, has_pins=bool(clerks), till=till
        )

    @post("/")
    async def sign_in(self, request: AnyRequest) -> Answer:
        form = await Form.sent_by_anybody(request)
        try:
            known = await check_password(request, form["name"], form["password"])
            renewed = ""
            if secrets.is_outdated(known.password_hash):
                renewed = await secrets.hash_password(form["password"])
            return await come_in(
                request, known.id, known.password_hash, form["next"], renewed=renewed
            )
        except Refusal as refusal:
            till = await queries.till(till_code(request))
            has_pins = bool(till and await queries.at_till())
            return shown(
                request, "accounts/sign_in.html", refusal, form=form, has_pins=has_pins, till=till
            )
