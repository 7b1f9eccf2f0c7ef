"""What every way in ends with: a session for this browser, and the page that was asked for."""

from app import fields
from app.accounts import actions
from app.accounts.actions import By
from app.accounts.browsers import browser
from app.accounts.cookies import give_session, session_code
from app.accounts.proving import tell_wait
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest, redirect
from app.web.client import address_of
from app.web.forms import said, status_of
from app.web.render import door


async def come_in(
    request: AnyRequest, who: int, password_hash: str, to: str = "", *, renewed: str = ""
) -> Answer:
    """After the password of this hash."""
    code = await actions.sign_in(
        who,
        password_hash=password_hash,
        renewed=renewed,
        instead_of=session_code(request),
        browser=browser_of(request),
        by=By(address=address_of(request)),
    )
    return go_in(code, to)


def go_in(code: str, to: str) -> Answer:
    """To where one was going, if that is a page of ours."""
    answer = redirect(to if fields.is_own_path(to) else "/counter")
    give_session(answer, code)
    return answer


def browser_of(request: AnyRequest) -> str:
    return browser(request.headers.get("user-agent", ""))


def shown(request: AnyRequest, template: str, refusal: Refusal | None, **context: object) -> Answer:
    """A page of the door, with what was refused at it."""
    answer = door(request, template, status=status_of(refusal), refusal=said(refusal), **context)
    return tell_wait(answer, refusal)
