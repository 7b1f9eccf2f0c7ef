"""Signing out, and stepping back from a shared till."""

from litestar import Controller, get, post

from app.accounts import actions, queries
from app.accounts.cookies import give_till, take_session, till_code
from app.accounts.current import by, clerk
from app.web.answer import Answer, AnyRequest, redirect
from app.web.forms import Form
from app.web.render import page


class LeavingController(Controller):
    @get("/sign-out")
    async def sign_out_form(self, request: AnyRequest) -> Answer:
        return await page(request, "accounts/sign_out.html", place="")

    @post("/sign-out")
    async def sign_out(self, request: AnyRequest) -> Answer:
        """Nobody is signed in here any more, and nobody comes in with a PIN."""
        await Form.sent(request)
        till = await queries.till(till_code(request))
        await actions.sign_out(clerk(request).session, till=till, by=by(request))
        answer = redirect("/sign-in")
        take_session(answer)
        return answer

    @post("/switch")
    async def switch(self, request: AnyRequest) -> Answer:
        """The next clerk comes in with a PIN."""
        await Form.sent(request)
        code = await actions.open_till(
            clerk(request).session, instead_of=till_code(request), by=by(request)
        )
        answer = redirect("/sign-in")
        if code:
            give_till(answer, code)
        return answer
