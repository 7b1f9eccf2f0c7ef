"""Every failure as an answer: a sentence for a person, a problem for a program."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Response
from litestar.exceptions import HTTPException

from app.database import DB
from app.errors import Refusal
from app.idempotency.once import RefusedBefore, problem
from app.web.answer import AnyRequest
from app.web.forms import status_of
from app.web.render import render, wants_fragment
from app.web.watch import note

logger = logging.getLogger("onhand")

PROBLEM = "application/problem+json"
BROKEN = "Something broke on our side. Nothing was saved."
BUSY = "The shop is busy at the moment and nothing was saved. Try again."
SENTENCES = {
    404: "There is no such page.",
    405: "This page cannot do that.",
    413: "That is too much at once.",
}
TO_PROGRAMS = {
    404: "There is no such address.",
    405: "This address does not answer that method; Allow says which it does.",
}
KINDS = {  # the `type` of what is no refusal of the shop
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    413: "too-large",
    429: "rate-limited",
    503: "busy",
}


def failed(request: AnyRequest, error: Exception) -> Response[Any]:
    """The answer to a request that failed."""
    status, message = _explain(request, error)
    if isinstance(error, Refusal):
        note(request.scope, error.kind)
    headers = dict(getattr(error, "headers", None) or {})
    if status in {429, 503}:
        headers["Retry-After"] = str(getattr(error, "retry_after", 0) or 2)
    if _is_program(request):
        return _problem(error, status, message, headers)
    reference = reference_of(request) if status >= 500 else ""
    if wants_fragment(request):
        headers |= {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"}
        body = render("errors/_toast.html", message=message, reference=reference)
    else:
        body = render("errors/failure.html", status=status, message=message, reference=reference)
    return Response(body, status_code=status, headers=headers, media_type=MediaType.HTML)


def reference_of(request: AnyRequest) -> str:
    """By which what is shown of a failure is found in the log."""
    return str(request.scope["state"].get("request_id", ""))


def _is_program(request: AnyRequest) -> bool:
    return f"{request.url.path}/".startswith(("/v1/", "/metrics/"))


def _explain(request: AnyRequest, error: Exception) -> tuple[int, str]:
    if isinstance(error, Refusal):
        return (error.status if _is_program(request) else status_of(error)), str(error)
    if isinstance(error, HTTPException) and error.status_code != 500:
        sentences = SENTENCES | TO_PROGRAMS if _is_program(request) else SENTENCES
        return error.status_code, sentences.get(error.status_code, error.detail)
    about = {"request": reference_of(request)}
    if DB.is_passing(error):
        logger.warning("busy: %s", error, extra=about)
        return 503, BUSY
    about |= {"method": request.method, "route": request.scope.get("path_template", "")}
    logger.error("broke", exc_info=error, extra=about)
    return 500, BROKEN


def _problem(error: Exception, status: int, message: str, headers: dict[str, str]) -> Response[Any]:
    if isinstance(error, RefusedBefore):
        body, headers = error.stored.body, {**headers, "Idempotency-Replayed": "true"}
        return Response(
            body.encode(), status_code=error.stored.status, headers=headers, media_type=PROBLEM
        )
    if isinstance(error, Refusal):
        return Response(
            problem(error).encode(), status_code=status, headers=headers, media_type=PROBLEM
        )
    told = {
        "type": KINDS.get(status, "about:blank"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
    }
    return Response(
        msgspec.json.encode(told), status_code=status, headers=headers, media_type=PROBLEM
    )
