"""A finished answer: status, headers and bytes, ready to be sent."""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.types import Message, Receive, Scope, Send

AnyRequest = Request[Any, Any, Any]

HTML = "text/html; charset=utf-8"
JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
PROBLEM = "application/problem+json"


class Answer:
    """An ASGI app that says one thing. Litestar sends it as it is."""

    def __init__(
        self,
        body: bytes = b"",
        *,
        status: int = 200,
        media_type: str = HTML,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.body = body
        self.status = status
        self.headers = {"content-type": media_type, **(headers or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        headers.append((b"content-length", b"%d" % len(self.body)))
        start: Message = {"type": "http.response.start", "status": self.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def redirect(to: str) -> Answer:
    """After a plain form: look at the page, so that a reload does not send the form again."""
    return Answer(status=303, headers={"location": to})
