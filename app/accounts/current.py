"""Who is asking: the signed-in clerk of a page, the program behind a token."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import (
    HTTPException,
    NotAuthorizedException,
    PermissionDeniedException,
)

from app import clock
from app.accounts import actions, queries
from app.accounts.actions import By
from app.accounts.attempts import attempts
from app.accounts.queries import Client, Visitor
from app.accounts.tables import Happening
from app.web import failures
from app.web.answer import AnyRequest
from app.web.client import address_of
from app.web.csrf import COOKIE, check_origin
from app.web.render import wants_fragment

SAFE = {"GET", "HEAD", "OPTIONS"}
SIGN_IN = "/sign-in"
LISTENS = "listens"  # an address that a screen asks by itself: no sign that somebody is there
FOR_MANAGERS = "for_managers"  # an address that clerks are kept from

NOTED_AFTER = timedelta(minutes=1)

noting: dict[str, asyncio.Task[None]] = {}  # sessions and tokens whose use is being written down

logger = logging.getLogger("onhand")


class NotSignedIn(NotAuthorizedException):
    """Nobody is signed in at this browser."""


async def signed_in(request: AnyRequest) -> None:
    """Before every page but the door: a clerk, and no other site's form."""
    same_site(request)
    code = request.cookies.get(COOKIE)
    visitor = await queries.visitor(code) if code else None
    if visitor is None:
        raise NotSignedIn
    request.scope["state"]["visitor"] = visitor
    if request.route_handler.opt.get(FOR_MANAGERS) and not visitor.is_manager:
        raise PermissionDeniedException("Only a manager can see and change the settings.")
    if not request.route_handler.opt.get(LISTENS):
        name = f"session:{visitor.session}"
        _note_use(name, visitor.seen_at, lambda: actions.note_seen(visitor.session))


def _note_use(name: str, noted_at: datetime | None, note: Callable[[], Awaitable[None]]) -> None:
    """Once a minute, beside the request, which neither waits for it nor fails with it."""
    is_due = noted_at is None or clock.now() - noted_at > NOTED_AFTER
    if is_due and name not in noting:
        noting[name] = asyncio.create_task(_noted(name, note))


async def _noted(name: str, note: Callable[[], Awaitable[None]]) -> None:
    try:
        await note()
    except Exception as error:  # noqa: BLE001 - there is nobody left to tell; a later one tries again
        logger.warning("not noted as seen: %s", error)
    finally:
        del noting[name]


def same_site(request: AnyRequest) -> None:
    """Before the door, where there is no session yet."""
    if request.method not in SAFE:
        check_origin(request)


def by_link(request: AnyRequest) -> None:
    """Before the form of a one-time link: its page hides its address, and some browsers with it the
    origin of the form. The code in the address is not known to another site."""
    if request.headers.get("origin") != "null" or "sec-fetch-site" in request.headers:
        same_site(request)


def token_of(request: AnyRequest) -> str:
    """What a program shows at the door; empty when it shows nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


async def with_token(request: AnyRequest) -> None:
    """Before ``/v1``: a token, and one that may write where something is written."""
    client = await queries.client(token_of(request))
    if client is None:
        raise NotAuthorizedException(
            "A valid token is needed: Authorization: Bearer TOKEN.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    request.scope["state"]["client"] = client
    _note_use(client.actor, client.last_used_at, lambda: actions.note_used(client.id))
    if request.method not in SAFE and not client.can_write:
        raise PermissionDeniedException("This token may only read.")


def clerk(request: AnyRequest) -> Visitor:
    """The clerk that ``signed_in`` has let in."""
    return cast("Visitor", request.scope["state"]["visitor"])


def by(request: AnyRequest) -> By:
    """The clerk that ``signed_in`` has let in, and where."""
    return By(clerk(request).name, address_of(request))


def client_of(request: AnyRequest) -> Client:
    """The program that ``with_token`` has let in."""
    return cast("Client", request.scope["state"]["client"])


def to_the_door(request: AnyRequest, error: NotSignedIn) -> Response[Any]:
    """Nobody is signed in: show the door, and come back to where one was going."""
    if wants_fragment(request) or request.method not in SAFE:
        failed = failures.failed(request, error)
        failed.headers["HX-Redirect"] = SIGN_IN
        return failed
    asked = f"?{request.url.query}" if request.url.query else ""
    target = quote(request.url.path + asked)
    return Response(b"", status_code=303, headers={"Location": f"{SIGN_IN}?next={target}"})


def refused(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Somebody may not do what was asked: that is written down, and said."""
    state = request.scope["state"]
    who: Visitor | Client | None = state.get("visitor") or state.get("client")
    asked = f"{request.method} {request.scope.get('path_template', '')}"  # without any code in it
    attempts.note(
        Happening.REFUSED,
        about=who.name if who else "",
        by=By(address=address_of(request)),
        note=asked,
    )
    return failures.failed(request, error)
