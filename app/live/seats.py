"""How many may listen at once: in all, and each clerk or program."""

import resource
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from litestar.exceptions import ServiceUnavailableException, TooManyRequestsException
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Scope, Send

from app.settings import settings

MOST_STREAMS = 400
SPARE = 300  # files that stay for everything else: pages, the database, programs
EVENTS = "text/event-stream"
LATER = {"Retry-After": "30", "Connection": "close"}  # who waits keeps no file open


class Seats:
    """Who listens, and how often."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, who: str) -> Iterator[None]:
        """A seat, as long as it lasts."""
        if self._taken.total() >= most_streams():
            raise ServiceUnavailableException("Too many are listening.", headers=LATER)
        if self._taken[who] >= (settings.streams_per_clerk or MOST_STREAMS):
            raise TooManyRequestsException("You have too many screens open.", headers=LATER)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken -= Counter([who])


class Listening:
    """An answer that goes on for as long as it is listened to, and there is a seat."""

    def __init__(self, who: str, messages: AsyncIterator[bytes]) -> None:
        self._who = who
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with seats.one(self._who):
            stream = ASGIStreamingResponse(
                iterator=self._messages,
                media_type=EVENTS,
                headers={"x-accel-buffering": "no"},
            )
            await stream(scope, receive, send)


def most_streams() -> int:
    """So many that the system's limit of open files is never reached by them."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_STREAMS if limit < 0 else min(MOST_STREAMS, max(limit - SPARE, limit // 4))


def raise_file_limit() -> None:
    """As many open files as the system lets us have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if most < 0 else most
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


seats = Seats()
