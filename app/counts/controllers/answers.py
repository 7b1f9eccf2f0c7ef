"""What a screen that counts is answered: the list as it stands, as a piece or a whole page."""

from typing import Any

from app.accounts.current import clerk
from app.counter import hits
from app.counts import lines
from app.counts.queries import Session
from app.errors import Refusal
from app.web.answer import Answer, AnyRequest
from app.web.forms import said, status_of
from app.web.render import done as answer
from app.web.render import either, fragment, page


async def counting_page(
    request: AnyRequest,
    session: Session,
    *,
    status: int = 200,
    search: str = "",
    says: str = "",
    **context: Any,
) -> Answer:
    found = await hits.shown(search, says)
    shown = await counting(request, session, **context)
    return await page(request, "counts/show.html", status=status, place="Stock", **found, **shown)


async def counting(request: AnyRequest, session: Session, **context: Any) -> dict[str, Any]:
    """What the list of a session shows to those who count."""
    return {
        "session": session,
        "lines": await lines.of(session.id, clerk(request).clerk),
        "mistake": None,
        "refusal": "",
        "just_scanned": None,
        "toast": "",
        "undo": None,
        **context,
    }


async def counted(request: AnyRequest, session: Session, **context: Any) -> Answer:
    """After something was counted."""
    shown = await counting(request, session, **context)
    return answer(request, "counts/_lines.html", to=session.address, **shown)


async def not_counted(
    request: AnyRequest, session: Session, refusal: Refusal, **context: Any
) -> Answer:
    """The list as it stands, and in it what was refused."""
    context |= {"refusal": said(refusal)}
    shown = await counting(request, session, **context)
    status = status_of(refusal)
    return await either(
        request,
        fragment=lambda: fragment(request, "counts/_lines.html", status=status, **shown),
        whole=lambda: counting_page(request, session, status=status, **context),
    )
