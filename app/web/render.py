"""The two kinds of answer: a whole page, and a piece of one. Only here is decided which."""

import secrets
import zlib
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import words
from app.settings import settings
from app.web import assets
from app.web.answer import Answer, AnyRequest, redirect
from app.web.csrf import csrf_token

WORTH_COMPRESSING = 600  # bytes

environment = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["static"] = assets.url


def form_key() -> str:
    """A new key for a form; the same form sent twice carries it twice, and acts once."""
    return secrets.token_urlsafe(12)


def query(chosen: Mapping[str, Any], **changed: Any) -> str:
    """The query of an address: what was chosen before, with these changes, without empty ones."""
    both = {name: value for name, value in {**chosen, **changed}.items() if value}
    return f"?{urlencode(both)}" if both else ""


def remembered(template: str, macro: str, *, most: int) -> Callable[[Any], str]:
    """A macro of one value, rendered once for each value, as the rows of a list are."""

    @lru_cache(most)
    def rendered(value: Any) -> str:
        made: str = getattr(environment.get_template(template).module, macro)(value)
        return made

    return rendered


environment.globals |= {"form_key": form_key, "query": query}
environment.globals["is_overheard"] = settings.is_overheard
environment.filters |= {
    "number": words.number,
    "signed": words.signed,
    "money": words.money,
    "signed_money": words.signed_money,
    "plain_money": words.plain_money,
    "time": words.time,
    "clock_time": words.clock_time,
    "when": words.when,
    "seconds_left": words.seconds_left,
    "time_left": words.time_left,
    "date": words.date,
    "day": words.day,
    "iso": words.iso,
    "plural": words.plural,
    "size": words.size,
}


def render(template: str, **context: Any) -> str:
    return environment.get_template(template).render(context)


async def page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Answer:
    """A whole page. What its frame shows beside the context comes from ``app.state.frame``."""
    frame = await request.app.state.frame(request)
    everything = {**frame, **_common(request), **context}
    return html(request, render(template, **everything), status=status)


def door(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Answer:
    """A whole page for somebody who is not signed in."""
    return html(request, render(template, **context), status=status)


def fragment(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Answer:
    """A piece of a page, for htmx to put in its place."""
    body = render(template, **{**_common(request), **context})
    return html(request, body, status=status, headers=headers)


def done(
    request: AnyRequest,
    template: str,
    *,
    to: str,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Answer:
    """After a form: the fragment for htmx; a plain form is led to the page, so that a reload does
    not send it again."""
    if not wants_fragment(request):
        return redirect(to)
    return fragment(request, template, headers=headers, **context)


async def either(
    request: AnyRequest,
    *,
    fragment: Callable[[], Answer],
    whole: Callable[[], Awaitable[Answer]],
) -> Answer:
    """The fragment for htmx, the whole page for everybody else."""
    return fragment() if wants_fragment(request) else await whole()


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
    visitor = request.scope["state"].get("visitor")
    return {"csrf_token": csrf_token(request), "clerk": visitor, "toast": "", "undo": None}
