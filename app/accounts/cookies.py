"""The two cookies: whose session it is, and that a browser is an open till."""

from app.settings import settings
from app.web.answer import Answer, AnyRequest
from app.web.csrf import COOKIE

TILL = f"{COOKIE}-till"


def session_code(request: AnyRequest) -> str:
    return request.cookies.get(COOKIE, "")


def till_code(request: AnyRequest) -> str:
    return request.cookies.get(TILL, "")


def give_session(answer: Answer, code: str) -> None:
    answer.headers["set-cookie"] = _cookie(COOKIE, code)


def give_till(answer: Answer, code: str) -> None:
    answer.headers["set-cookie"] = _cookie(TILL, code)


def take_session(answer: Answer) -> None:
    """And whatever else the browser keeps of our pages."""
    answer.headers |= {
        "set-cookie": f"{_cookie(COOKIE, '')}; Max-Age=0",
        "clear-site-data": '"cache", "storage"',
    }


def _cookie(name: str, code: str) -> str:
    secure = "; Secure" if settings.is_https else ""
    return f"{name}={code}; Path=/; HttpOnly; SameSite=Lax{secure}"
