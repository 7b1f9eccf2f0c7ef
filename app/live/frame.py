"""What the frame of every page shows: how many are low, its place, the seal, the time."""

from typing import Any

from app import clock
from app.books.seal import seal
from app.live.place import Place
from app.settings import settings
from app.stock import lists
from app.web.answer import AnyRequest


async def note_place(request: AnyRequest) -> None:
    """Before a page reads anything: its stream begins here, so that nothing falls between them."""
    request.scope["state"]["place"] = await Place.now()


async def frame(request: AnyRequest) -> dict[str, Any]:
    place: Place = request.scope["state"]["place"]
    return {
        "counts": await lists.counts(place.event),
        "last_event": place.event,
        "upto": place,
        "books": await seal(),
        "now": clock.now(),
        "timezone": settings.timezone.key,
    }
