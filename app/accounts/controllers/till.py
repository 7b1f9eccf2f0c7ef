"""Signing in with a PIN, at a till that a password has opened."""

from collections.abc import Callable, Sequence

from litestar import Controller, post

from app.accounts import actions, queries, secrets
from app.accounts.actions import By, PinBlocked, TooManyTries
from app.accounts.attempts import attempts
from app.accounts.controllers.coming import browser_of, go_in, shown
from app.accounts.cookies import session_code, till_code
from app.accounts.tables import Happening
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.client import address_of, home_of
from app.web.forms import Form


class TillController(Controller):
    path = "/sign-in/pin"

    @post("/")
    async def sign_in(self, request: AnyRequest) -> Answer:
        form = await Form.sent_by_anybody(request)
        till = await queries.till(till_code(request))
        if till is None:
            return redirect("/sign-in")
        clerks = await queries.at_till()
        try:
            chosen = form.read("clerk", lambda typed: _chosen(typed, clerks))
            form.check()
            pin_hash = form.read("pin", await _pin(request, chosen, form["pin"]))
            form.check()
            code = await actions.sign_in_by_pin(
                chosen.id,
                pin_hash=pin_hash,
                till=till,
                instead_of=session_code(request),
                browser=browser_of(request),
                by=By(address=address_of(request)),
            )
        except Refusal as refusal:
            return shown(
                request,
                "accounts/till.html",
                refusal,
                form=form,
                clerks=await queries.at_till(),
            )
        return go_in(code, form["next"])


async def _pin(request: AnyRequest, chosen: queries.AtTill, typed: str) -> Callable[[str], str]:
    """A rule that takes this clerk's PIN, for its hash; raises after too many wrong ones."""
    by = By(address=address_of(request))
    home = home_of(by.address)
    try:
        await actions.take_try("", home)
        pin_hash = await actions.take_pin_try(chosen.id)
    except (TooManyTries, PinBlocked):
        attempts.note(Happening.THROTTLED, about=chosen.name, by=by, note="PIN")
        raise
    if not await secrets.is_password(typed, pin_hash):
        attempts.note(Happening.WRONG_PIN, about=chosen.name, by=by)
        return _wrong
    await actions.forgive("", home)
    return lambda _: pin_hash


def _wrong(_: str) -> str:
    raise ValueError("This is not the PIN.")


def _chosen(typed: str, clerks: Sequence[queries.AtTill]) -> queries.AtTill:
    for clerk in clerks:
        if str(clerk.id) == typed:
            return clerk
    raise ValueError("Choose your name.")
