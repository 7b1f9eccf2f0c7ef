"""The event log for programs: ``/v1/events``, asked for or as it happens."""

import re
from collections.abc import AsyncIterator, Sequence

import msgspec
from litestar import Controller, get

from app.accounts import queries as accounts
from app.accounts.current import client_of, token_of
from app.catalog import queries as catalog
from app.errors import Invalid
from app.live.hub import Message, hub
from app.live.place import Place
from app.live.seats import EVENTS, Listening
from app.stock import feed, queries
from app.stock.wire import EventOut
from app.web import kinds
from app.web.answer import Answer, AnyRequest
from app.web.api import Call, Header

AT_ONCE = 200  # events that a stream reads before it tells them


class EventsAsked(msgspec.Struct):
    after: kinds.EventId = 0
    sku: str | None = None
    limit: kinds.Limit = 50


class EventsOut(msgspec.Struct):
    """Events in the order of their numbers, and the number to ask behind the next time."""

    items: Sequence[EventOut]
    last_id: int


class StreamAsked(msgspec.Struct):
    after: kinds.EventId | None = None


LIST = Call(
    "Events behind one event, in the order of their numbers",
    about="Ask again behind `last_id`: none is ever skipped, and none comes twice.",
    takes=EventsAsked,
    gives=EventsOut,
)
LAST = Header("Last-Event-ID", kinds.EventId)
STREAM = Call(
    "Events as they happen",
    about="Server-sent events: `id` is the number of the event, `data` the event. It begins behind "
    "`Last-Event-ID`, or behind `after`, or now; a line with a colon says that it is still there. "
    "It ends after half an hour or so: come back behind the last number.",
    takes=StreamAsked,
    gives=EventOut,
    media_type=EVENTS,
    headers=[LAST],
)


class EventApi(Controller):
    path = "/events"

    @get("/", opt=LIST.opt)
    async def index(self, request: AnyRequest) -> Answer:
        asked = await LIST.read(request)
        events = await _events(asked)
        newest = await queries.last_event()
        return LIST.tell(EventsOut(events, events[-1].id if events else min(asked.after, newest)))

    @get("/stream", opt=STREAM.opt)
    async def stream(self, request: AnyRequest) -> Listening:
        asked = await STREAM.read(request)
        place = _place(request) if LAST.name in request.headers else asked.after
        token = token_of(request)

        async def is_allowed() -> bool:
            return await accounts.client(token) is not None

        after = await Place.now() if place is None else Place(place)
        return Listening(client_of(request).actor, hub.stream(after, is_allowed, _since))


async def _events(asked: EventsAsked) -> Sequence[EventOut]:
    if not asked.sku:
        return await feed.events_after(asked.after, limit=asked.limit)
    (product,) = await catalog.find([asked.sku])
    if product is None:
        return []
    return await feed.events_after(asked.after, product=product.id, limit=asked.limit)


def _place(request: AnyRequest) -> int:
    text = request.headers[LAST.name]
    if re.fullmatch("[0-9]{1,18}", text):
        return int(text)
    raise Invalid({LAST.name: "Give the number of an event."})


async def _since(after: Place) -> AsyncIterator[Message]:
    """The log behind a place in it, to be sent."""
    while events := await feed.events_after(after.event, limit=AT_ONCE):
        upto = Place(events[-1].id)
        yield Message(after, upto, b"".join(_message(event) for event in events))
        after = upto


def _message(event: EventOut) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (event.id, msgspec.json.encode(event))
