"""What the frame of every page shows: how many are low, the newest event, the seal, the time."""

from typing import Any

from app import clock
from app.books.seal import seal
from app.settings import settings
from app.stock import lists, queries
from app.web.answer import AnyRequest


async def note_place(request: AnyRequest) -> None:
    """Before a page reads anything: its stream begins here, so that nothing falls between them."""
    request.scope["state"]["last_event"] = await queries.last_event()


async def frame(request: AnyRequest) -> dict[str, Any]:
    last_event: int = request.scope["state"]["last_event"]
    return {
        "counts": await lists.counts(last_event),
        "last_event": last_event,
        "books": await seal(),
        "now": clock.now(),
        "timezone": settings.timezone.key,
    }
