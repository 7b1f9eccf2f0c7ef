"""Giving a password: right, wrong or too often; and giving it again before a risky act."""

from collections.abc import Callable
from functools import partial

from app.accounts import actions, queries, secrets
from app.accounts.actions import By, NotLetIn, NotYourPassword, TooManyTries
from app.accounts.attempts import attempts
from app.accounts.current import FOR_MANAGERS, SAFE, clerk
from app.accounts.queries import Known
from app.accounts.tables import Happening
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest
from app.web.client import address_of, home_of
from app.web.forms import PROOF, SEAL, Form, said
from app.web.render import page


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
    password_hash = known.password_hash if known and known.is_active else None
    if not await secrets.is_password(typed, password_hash) or known is None:
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
    refusal: Refusal | None = None
    if form[PROOF]:
        try:
            await check_own_password(request, form[PROOF])
            await actions.note_proof(visitor.session)
            return None
        except (NotYourPassword, TooManyTries) as error:
            refusal = error
    answer = await page(
        request,
        "accounts/proof.html",
        status=refusal.status if refusal else 409,
        place="",
        address=request.url.path,
        carried={name: typed for name, typed in form.items() if name not in SEAL},
        key=form["key"],
        mistake=said(refusal),
    )
    return tell_wait(answer, refusal)


async def check_own_password(request: AnyRequest, typed: str) -> str:
    """The hash of the clerk's own password, which this is; refuses any other."""
    try:
        known = await check_password(request, clerk(request).name, typed)
    except NotLetIn:
        raise NotYourPassword from None
    return known.password_hash


async def own_password(request: AnyRequest, typed: str) -> Callable[[str], str]:
    """A rule that takes the clerk's own password, for its hash; raises after too many tries."""
    try:
        password_hash = await check_own_password(request, typed)
    except NotYourPassword as mistake:
        return partial(_refused, str(mistake))
    return lambda _: password_hash


def _refused(mistake: str, _: str) -> str:
    raise ValueError(mistake)


def tell_wait(answer: Answer, refusal: Refusal | None) -> Answer:
    """With how many seconds there are to be waited, when there are."""
    if refusal and refusal.retry_after:
        answer.headers["retry-after"] = str(refusal.retry_after)
    return answer
