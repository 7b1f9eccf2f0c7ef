"""The two kinds of answer: a whole page, and a piece of one. Only here is decided which."""

import zlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import words
from app.web import assets
from app.web.answer import Answer, AnyRequest
from app.web.csrf import csrf_token

WORTH_COMPRESSING = 600  # bytes

environment = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["static"] = assets.url
environment.filters |= {
    "number": words.number,
    "signed": words.signed,
    "money": words.money,
    "plain_money": words.plain_money,
    "time": words.time,
    "day": words.day,
    "iso": words.iso,
    "plural": words.plural,
}


def render(template: str, **context: Any) -> str:
    return environment.get_template(template).render(context)


async def page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Answer:
    """A whole page. What its frame shows beside the context comes from ``app.state.frame``."""
    frame = await request.app.state.frame(request)
    return html(request, render(template, **frame, **_common(request), **context), status=status)


def fragment(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Answer:
    """A piece of a page, for htmx to put in its place."""
    body = render(template, **_common(request), **context)
    return html(request, body, status=status, headers=headers)


async def either(
    request: AnyRequest,
    *,
    fragment: Callable[[], Answer],
    otherwise: Callable[[], Awaitable[Answer]],
) -> Answer:
    """The fragment for htmx; otherwise, for a plain form, the page or the way to it."""
    return fragment() if wants_fragment(request) else await otherwise()


def wants_fragment(request: AnyRequest) -> bool:
    return request.headers.get("hx-request-type") == "partial"


def html(
    request: AnyRequest, body: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    content = body.encode()
    sent = {"vary": "HX-Request-Type, Cookie, Accept-Encoding", **(headers or {})}
    if len(content) > WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        packer = zlib.compressobj(level=1, wbits=31)
        content = packer.compress(content) + packer.flush()
        sent["content-encoding"] = "gzip"
    return Answer(content, status=status, headers=sent)


def _common(request: AnyRequest) -> dict[str, Any]:
    return {"csrf_token": csrf_token(request), "clerk": request.scope["state"].get("visitor")}
