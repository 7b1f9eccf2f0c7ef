"""Giving a password: right, wrong or too often; and giving it again before a risky act."""

from collections.abc import Callable, Mapping

from app.accounts import actions, queries, secrets
from app.accounts.actions import By, NotLetIn, TooManyTries
from app.accounts.attempts import attempts
from app.accounts.current import FOR_MANAGERS, SAFE, clerk
from app.accounts.queries import Known
from app.accounts.tables import Happening
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest
from app.web.client import address_of, home_of
from app.web.forms import PROOF, SEAL, Form
from app.web.render import page

NOT_YOURS = "This is not your password."


async def check_password(request: AnyRequest, name: str, typed: str) -> Known:
    """Whose name and password these are; refuses wrong ones alike, and too many of them."""
    address = address_of(request)
    home = home_of(address)
    try:
        await actions.take_try(name, home)
    except TooManyTries:
        attempts.note(Happening.THROTTLED, by=By(address=address))
        raise
    known = await queries.known(name)
    fits = known is not None and known.is_active
    right = await secrets.is_password(typed, known.password_hash if known and fits else None)
    if known is None or not right:
        attempts.note(Happening.FAILED, about=known.name if known else "", by=By(address=address))
        raise NotLetIn
    await actions.forgive(name, home)
    return known


async def ask_again(request: AnyRequest) -> Answer | None:
    """Before a manager changes a setting: the password, if it was not given a moment ago.

    What was filled in is carried on, so that nothing has to be typed twice.
    """
    if request.method in SAFE or not request.route_handler.opt.get(FOR_MANAGERS):
        return None
    visitor = clerk(request)
    if visitor.is_proved:
        return None
    form = await Form.sent(request)
    mistake, status = "", 409
    if form[PROOF]:
        try:
            await check_password(request, visitor.name, form[PROOF])
        except (NotLetIn, TooManyTries) as refusal:
            mistake, status = _said(refusal), refusal.status
        else:
            await actions.note_proof(visitor.session)
            return None
    return await page(
        request,
        "accounts/proof.html",
        status=status,
        place="",
        address=request.url.path,
        carried=_carried(form),
        key=form["key"],
        mistake=mistake,
    )


async def own_password(request: AnyRequest, typed: str) -> Callable[[str], str]:
    """A rule that takes the clerk's own password; raises when it was tried too often."""
    try:
        await check_password(request, clerk(request).name, typed)
    except NotLetIn:
        return _not_yours
    return str


def _not_yours(_: str) -> str:
    raise ValueError(NOT_YOURS)


def _said(refusal: Refusal) -> str:
    return NOT_YOURS if isinstance(refusal, NotLetIn) else str(refusal)


def _carried(form: Form) -> Mapping[str, str]:
    return {name: typed for name, typed in form.items() if name not in SEAL}
