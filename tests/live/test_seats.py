"""How many may listen at once, and what the others are told."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from app.live import api as events
from app.live import controllers, seats
from app.live.hub import Hub
from app.settings import settings
from tests import api, screen

STREAM = "/v1/events/stream"


@asynccontextmanager
async def open_streams(client: httpx.AsyncClient, address: str, count: int) -> AsyncIterator[Hub]:
    """So many that listen; at the end the hub closes, and they end."""
    hub = Hub()
    async with hub.running(), asyncio.timeout(30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(events, "hub", hub)
            patch.setattr(controllers, "hub", hub)
            asking = [asyncio.create_task(client.get(address)) for _ in range(count)]
            while hub.streams < count:
                await asyncio.sleep(0)
            yield hub
            hub.close()
            assert {(await one).status_code for one in asking} == {200}


async def test_when_all_seats_are_taken_the_next_is_told_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(seats, "MOST_STREAMS", 3)

    async with api.program() as till, open_streams(till, STREAM, 3):
        refused = await till.get(STREAM)
    async with api.program() as till, open_streams(till, STREAM, 3):
        pass  # and then there is room again

    assert (refused.status_code, refused.json()["type"]) == (503, "busy")
    assert refused.headers["retry-after"] == "30"
    assert refused.headers["connection"] == "close"


async def test_a_storm_never_takes_more_seats_than_there_are(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seats, "MOST_STREAMS", 3)
    hub = Hub()
    monkeypatch.setattr(events, "hub", hub)

    async with hub.running(), api.program() as till, asyncio.timeout(30):
        storm = [asyncio.create_task(till.get(STREAM)) for _ in range(30)]
        while hub.streams < 3 or sum(one.done() for one in storm) < 27:
            await asyncio.sleep(0)
        most = hub.streams
        hub.close()
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*storm))

    assert most == 3
    assert statuses == [200] * 3 + [503] * 27


async def test_one_clerk_may_not_take_all_seats_when_the_shop_says_how_many(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(settings.__dict__, "streams_per_clerk", 2)

    async with screen.clerk("Robin") as robin, screen.clerk("Tom") as tom:
        async with open_streams(robin.client, "/live", 2) as hub:
            again = await robin.client.get("/live")
            other = asyncio.create_task(tom.client.get("/live"))
            while hub.streams < 3:
                await asyncio.sleep(0)
        told = await other

    assert (again.status_code, told.status_code) == (429, 200)
    assert again.headers["retry-after"] == "30"
    assert "You have too many screens open." in again.text


@pytest.mark.parametrize(
    ("files", "streams"), [(300, 75), (600, 300), (1_024, 400), (8_192, 400), (-1, 400)]
)
def test_streams_leave_files_for_everything_else(
    monkeypatch: pytest.MonkeyPatch, files: int, streams: int
):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))

    assert seats.most_streams() == streams
