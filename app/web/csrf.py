"""Whether a form comes from our own page: by what the browser says first, then by a token."""

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException

from app.settings import settings
from app.settings.values import LOOPBACK

# `__Host-` only works with TLS; plain HTTP is for loopback, or a network said to be trusted.
COOKIE = "__Host-onhand" if settings.is_https else "onhand"

TOO_OLD = "This page is too old. Load it again, then try once more."

AnyConnection = ASGIConnection[Any, Any, Any, Any]


def csrf_token(connection: AnyConnection) -> str:
    """A token for the session of this request, different each time; empty without a session."""
    session = connection.cookies.get(COOKIE)
    return token_for(session) if session else ""


def token_for(session: str) -> str:
    mask = secrets.token_hex(8)
    return f"{mask}.{_sign(session, mask)}"


def check_origin(connection: AnyConnection) -> None:
    """Refuse a request that another site made this browser send."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise PermissionDeniedException("This form was sent from another site.")
        return
    origin = connection.headers.get("origin")
    if origin is not None and origin not in _own(connection.headers["host"]):
        raise PermissionDeniedException("This form was sent from another site.")


def check_token(connection: AnyConnection, token: str) -> None:
    """Refuse a form that was not made for this session."""
    session = connection.cookies.get(COOKIE, "")
    mask, _, signature = token.partition(".")
    if not (session and hmac.compare_digest(signature.encode(), _sign(session, mask).encode())):
        raise PermissionDeniedException(TOO_OLD)


def _own(host: str) -> set[str]:
    """The origins of our own pages: as browsers reach us, or on this very machine."""
    given = {settings.base_url} if settings.is_base_url_given else set()
    return given | ({f"http://{host}"} if urlsplit(f"//{host}").hostname in LOOPBACK else set())


def _sign(session: str, mask: str) -> str:
    return hmac.new(session.encode(), mask.encode(), "sha256").hexdigest()
