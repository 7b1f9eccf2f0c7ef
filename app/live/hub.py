"""The one stream that every open screen hears, built on the numbers of the event log.

Whatever commits, here or in another program, is seen in the log, or in what people do about
alerts and holds; it is rendered once, the first at once and later ones at most every quarter of a
second, and the same bytes go to every screen. A screen is nothing but its place: one that missed
something, because it slept, was cut off or reads slowly, is told from its place on. So nothing is
queued for anybody. A program that follows the log itself is the same, and reads it from its place.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from operator import gt
from typing import NamedTuple

from app.accounts import queries as accounts
from app.alerts import queries as alerts
from app.books.seal import seal
from app.database import DB
from app.live.place import Place
from app.orders import changes
from app.stock import lists, queries
from app.web.render import render

PACE = 0.25  # seconds between two messages
AGAIN = 1.0  # seconds after a look that failed
BEAT = 10.0  # seconds until the stream says that it is still there
RECHECK = (
    20.0  # seconds after which a screen has to be allowed again at its next beat, whatever came
)
COME_BACK = (500, 5_000)  # milliseconds; after a restart 400 streams are below 100 a second
LIFE = 1_800.0  # seconds, more or less, that a stream lasts; then the browser comes back
KEPT = 64  # messages for screens that are a little behind
MOST_CHANGED = 1_000  # products, or orders, in one message; beyond it a screen asks anew

logger = logging.getLogger("onhand")


class Message(NamedTuple):
    """What happened behind one place, up to another."""

    after: Place
    upto: Place
    content: bytes


Since = Callable[[Place], AsyncIterator[Message]]

SCREEN_BEAT = b"event: beat\ndata:\n\n"
PROGRAM_BEAT = b": beat\n\n"  # what reads data hears nothing of it


class Hub:
    """Tells every open screen what changed."""

    def __init__(self) -> None:
        self.streams = 0
        self.screens = 0  # of the streams
        self._newest = Place(0)
        self._entry = 0  # the last of what happened at the door
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._committed = asyncio.Event()
        self._is_closing = False

    @asynccontextmanager
    async def running(self, _: object = None) -> AsyncIterator[None]:
        """Follow the log as long as the server runs."""
        self._newest = await Place.now()
        self._entry = await accounts.last_entry()
        DB.on_commit.append(self._committed.set)
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            DB.on_commit.remove(self._committed.set)
            with suppress(asyncio.CancelledError):
                await task

    async def behind(self) -> int:
        """How many events no screen was told yet."""
        return max(0, await queries.last_event() - self._newest.event)

    def close(self) -> None:
        """Let every stream end, so that the server can."""
        self._is_closing = True
        self._tell()

    async def stream(
        self, after: Place, is_allowed: Callable[[], Awaitable[bool]], since: Since | None = None
    ) -> AsyncIterator[bytes]:
        """Everything behind the place ``after``, as it happens, while ``is_allowed``.

        It is what screens show, or else what ``since`` tells of it.
        """
        self.streams += 1
        self.screens += since is None
        self._committed.set()  # another program may have committed while nobody listened
        now = asyncio.get_running_loop().time
        ends = now() + LIFE * random.uniform(0.8, 1.2)  # noqa: S311 - so that not all come back at once
        rechecks, entry = now() + RECHECK, self._entry
        try:
            first = b"\n" if since else SCREEN_BEAT  # htmx takes the time from a message only
            yield b"retry: %d\n%b" % (random.randint(*COME_BACK), first)  # noqa: S311
            newest = await Place.now()
            if any(map(gt, after, newest)):  # of a newer copy of the shop
                after = newest
                if since is None:
                    yield b"event: restored\ndata:\n\n"
            while not self._is_closing and now() < ends:
                news = self._news
                async for message in (since or self._since)(after):
                    after = message.upto
                    yield message.content
                if now() > rechecks or entry != self._entry:
                    rechecks, entry = now() + RECHECK, self._entry
                    if not await is_allowed():
                        if since is None:
                            yield b"event: ended\ndata:\n\n"
                        return
                try:
                    async with asyncio.timeout(BEAT):
                        await news.wait()
                except TimeoutError:
                    yield PROGRAM_BEAT if since else SCREEN_BEAT
        finally:
            self.streams -= 1
            self.screens -= since is None

    async def _follow(self) -> None:
        while True:
            with suppress(TimeoutError):  # another program's commit is not announced
                async with asyncio.timeout(PACE if self.streams else None):
                    await self._committed.wait()
            self._committed.clear()
            try:
                pause = PACE if await self._look() else 0
            except Exception as error:  # noqa: BLE001 - it is tried again, and must not end before
                logger.warning("live: %s", error)
                pause = AGAIN
            await asyncio.sleep(pause)

    async def _look(self) -> bool:
        """Tell every screen what is new; whether anything is."""
        entry, newest = await accounts.last_entry(), await Place.now()
        if entry != self._entry:
            self._entry = entry
            self._tell()
        if newest == self._newest:
            return False
        if self.screens:
            self._messages.append(await render_changes(self._newest, newest))
        else:
            self._messages.clear()
        self._newest = newest
        self._tell()
        return True

    async def _since(self, after: Place) -> AsyncIterator[Message]:
        """The messages behind a place; one made for it if it is too far back."""
        messages = list(self._messages)
        if after < (messages[0].after if messages else self._newest):
            upto = messages[0].after if messages else self._newest
            yield await render_changes(after, upto)
            after = upto
        for message in messages:
            if message.upto > after:
                yield message

    def _tell(self) -> None:
        self._news, news = asyncio.Event(), self._news
        news.set()


async def render_changes(after: Place, upto: Place) -> Message:
    """What changed behind one place up to another, for all screens alike."""
    products = await queries.changed(after.event, upto.event, limit=MOST_CHANGED + 1)
    orders = await queries.changed_orders(after.event, upto.event, limit=MOST_CHANGED + 1)
    if max(len(products), len(orders), upto.hold - after.hold) > MOST_CHANGED:
        return Message(after, upto, _message("resync", upto, ""))
    parts = [await render_panel()]
    for i in range(0, len(products), 100):
        levels = await queries.levels(products[i : i + 100])
        parts.append(render("live/_changes.html", levels=levels))
        await asyncio.sleep(0)  # others have work to do as well
    orders = sorted({*orders, *await changes.changed(after.hold, upto.hold)})
    parts.append(render("live/_orders.html", orders=orders, number=upto.event + upto.hold))
    return Message(after, upto, _message("changes", upto, "".join(parts)))


async def render_panel() -> str:
    """The low-stock panel, and the numbers in the frame of every page."""
    place = await Place.now()
    return render(
        "live/_frame.html",
        **await alerts.low_stock(),
        counts=await lists.counts(place.event),
        last_event=place.event,
        upto=place,
        books=await seal(),
        csrf_token="",  # it is for all; each screen sends its own, from its frame
    )


def _message(event: str, number: Place, html: str) -> bytes:
    data = "".join(f"data: {line}\n" for line in html.splitlines() or [""])
    return f"id: {number}\nevent: {event}\n{data}\n".encode()


hub = Hub()
