"""What every answer gets, whatever it is: a request id and the security headers."""

import logging
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from app.settings import LOOPBACK, settings
from app.web.answer import Answer
from app.web.watch import Watched

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'"
)
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
    **({"strict-transport-security": "max-age=31536000"} if settings.is_https else {}),
}
_SECURITY = [(name.encode(), value.encode()) for name, value in SECURITY.items()]
_HOSTS = {urlsplit(settings.base_url).hostname, *LOOPBACK}
MOST_HEADER_BYTES = 32 * 1024
PLAIN = "text/plain; charset=utf-8"
NOT_OURS = (
    b"The shop does not answer to this name. "
    b"Whoever runs it gives the address that browsers use as ONHAND_BASE_URL."
)

BROKEN = b"Something broke on our side. Nothing was saved."

logger = logging.getLogger("onhand")


class Outer:
    """Around the app, so that it holds for errors and unknown addresses as well."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        watched = Watched(scope["method"])

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                watched.answers(message["status"])
                headers = list(message["headers"])
                present = {name for name, _ in headers}
                headers += [header for header in _SECURITY if header[0] not in present]
                headers.append((b"x-request-id", watched.request_id.encode()))
                message["headers"] = headers
            await send(message)

        told: Send = tell
        if scope["method"] == "HEAD":  # answered as GET is; the server leaves the body out
            scope = {**scope, "method": "GET"}
        elif scope["method"] == "OPTIONS":
            scope, told = _asking(scope, tell)
        scope["state"] = {**(scope.get("state") or {}), "request_id": watched.request_id}
        try:
            app = _malformed(scope) or self.app
            await app(scope, receive, told)
        except Exception:
            logger.exception("broke", extra={"request": watched.request_id})
            if watched.status:
                raise  # the server hangs up, so that half an answer is not taken for a whole one
            await Answer(BROKEN, status=500, media_type=PLAIN)(scope, receive, tell)
        finally:
            watched.ended(scope)


def _asking(scope: HTTPScope, send: Send) -> tuple[HTTPScope, Send]:
    """What an address allows: Litestar's own answer forgets methods, its refusal of TRACE does not.

    So the refusal is asked for, and told as the answer.
    """
    is_answered = False

    async def tell(message: Message) -> None:
        nonlocal is_answered
        if message["type"] == "http.response.start" and message["status"] == 405:
            is_answered = True
            message["status"] = 204
            message["headers"] = [pair for pair in message["headers"] if pair[0] == b"allow"]
        elif is_answered and message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return {**scope, "method": "TRACE"}, tell


def _malformed(scope: HTTPScope) -> Answer | None:
    """431 for headers that are too large, 400 for a host that is missing, doubled or not ours."""
    headers = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES:
        return Answer(b"The headers of this request are too large.", status=431, media_type=PLAIN)
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1 or not _is_ours(hosts[0].decode("latin-1")):
        return Answer(NOT_OURS, status=400, media_type=PLAIN)
    return None


def _is_ours(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname in _HOSTS and parts.port != 0
    except ValueError:
        return False
