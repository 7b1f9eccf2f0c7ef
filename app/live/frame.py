"""What the frame of every page shows: how many are low, the newest event, the time."""

from typing import Any

from app import clock
from app.settings import settings
from app.stock import lists, queries
from app.web.answer import AnyRequest


async def frame(_: AnyRequest) -> dict[str, Any]:
    last_event = await queries.last_event()
    return {
        "counts": await lists.counts(last_event),
        "last_event": last_event,
        "now": clock.now(),
        "timezone": settings.timezone.key,
    }
