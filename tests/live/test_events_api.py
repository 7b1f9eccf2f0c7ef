"""The event log for programs: asked for, and as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import clock
from app.accounts.tables import ApiToken
from app.database import action
from app.live import api as events
from app.live import hub as live
from app.live.hub import Hub
from app.live.place import Place
from app.stock import actions as stock
from app.stock import queries
from app.stock.tables import AdjustmentReason
from tests import api, make
from tests.live.test_hub import lose_one_elsewhere

STREAM = "/v1/events/stream"


class Heard:
    """What a program hears of a stream: messages, by their fields."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self.stream = stream

    async def next(self) -> list[dict[str, Any]]:
        """The events of the next chunk that holds any."""
        async with asyncio.timeout(30):
            while True:
                chunk = (await anext(self.stream)).decode()
                if found := [self._event(m) for m in chunk.split("\n\n") if m.startswith("id: ")]:
                    return found

    async def all(self, count: int) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        while len(heard) < count:
            heard += await self.next()
        return heard

    @staticmethod
    def _event(message: str) -> dict[str, Any]:
        number, data = message.split("\n")
        told: dict[str, Any] = json.loads(data.removeprefix("data: "))
        assert number == f"id: {told['id']}"
        return told


async def always() -> bool:
    return True


@asynccontextmanager
async def listening(after: int, hub: Hub | None = None) -> AsyncIterator[Heard]:
    hub = hub or Hub()
    async with hub.running():
        stream = hub.stream(Place(after), always, events._since)
        yield Heard(stream)
        await stream.aclose()  # type: ignore[attr-defined]


async def test_events_are_told_in_order_behind_the_one_that_is_known():
    mug = await make.product("MUG", on_hand=5, reorder_point=4)
    after = await queries.last_event()
    await stock.adjust(mug, -1, reason=AdjustmentReason.LOST, actor="kim", note="behind the till")

    async with api.program() as till:
        answer = await till.get("/v1/events", params={"after": after})
        rest = await till.get("/v1/events", params={"after": answer.json()["last_id"]})

    told = answer.json()
    assert answer.status_code == 200
    assert [event["type"] for event in told["items"]] == ["InventoryAdjusted", "LowStockDetected"]
    assert told["last_id"] == told["items"][-1]["id"] == after + 2
    assert rest.json() == {"items": [], "last_id": after + 2}


async def test_events_are_asked_for_in_pages_and_by_product():
    for sku in ("MUG", "BOWL"):
        product = await make.product(sku)
        for _ in range(4):
            await stock.receive(product, 1, actor="kim")
    seen: list[int] = []
    after = 0

    async with api.program() as till:
        whole = (await till.get("/v1/events?limit=200")).json()["items"]
        while page := (await till.get(f"/v1/events?limit=3&after={after}&sku=bowl")).json()[
            "items"
        ]:
            seen += [event["id"] for event in page]
            after = page[-1]["id"]
        nobody = (await till.get("/v1/events?sku=NIX&after=3")).json()

    assert seen == [event["id"] for event in whole if event["sku"] == "BOWL"]
    assert len(seen) >= 5
    assert nobody == {"items": [], "last_id": 3}


async def test_who_is_ahead_of_a_shop_that_was_taken_back_is_led_back():
    await make.product("MUG")

    async with api.program() as till:
        answer = (await till.get("/v1/events?after=999999")).json()

    assert answer == {"items": [], "last_id": await queries.last_event()}


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=1.0",
        "after=" + "9" * 30,
        "limit=0",
        "limit=201",
        "after=1&after=2",
    ],
)
async def test_a_place_that_cannot_be_is_a_400(query: str):
    async with api.program() as till:
        answer = await till.get(f"/v1/events?{query}")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


async def test_whoever_listens_hears_every_event_once_with_its_number():
    mug = await make.product("MUG")
    after = await queries.last_event()

    async with listening(after) as program:
        first = await stock.receive(mug, 1, actor="kim")
        heard = await program.all(1)
        for _ in range(5):
            await stock.receive(mug, 1, actor="kim")
        heard += await program.all(5)

    assert [event["id"] for event in heard] == list(range(first, first + len(heard)))
    assert heard[0]["type"] == "InventoryReceived"


async def test_whoever_comes_back_hears_what_was_missed_in_steps(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(events, "AT_ONCE", 2)
    mug = await make.product("MUG")
    after = await queries.last_event()
    missed = [await stock.receive(mug, 1, actor="kim") for _ in range(5)]

    async with listening(after) as program:
        heard = await program.all(5)

    assert [event["id"] for event in heard] == list(range(after + 1, after + 1 + len(heard)))
    assert set(missed) <= {event["id"] for event in heard}


async def test_what_another_program_commits_is_heard_too(shop: Path):
    mug = await make.product("MUG", on_hand=5)

    async with listening(await queries.last_event()) as program:
        lose_one_elsewhere(shop, mug, 4)
        (event,) = await program.next()

    assert (event["sku"], event["on_hand"]) == ("MUG", 4)


async def test_a_program_of_a_newer_shop_hears_what_happens_now(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "BEAT", 0.01)
    mug = await make.product("MUG")

    async with listening(await queries.last_event() + 7) as program:
        while await anext(program.stream) != b": beat\n\n":
            pass
        received = await stock.receive(mug, 1, actor="kim")
        heard = await program.next()

    assert heard[0]["id"] == received


async def test_a_quiet_stream_says_that_it_is_there_in_a_comment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "BEAT", 0.01)

    async with listening(await queries.last_event()) as program:
        await anext(program.stream)
        async with asyncio.timeout(30):
            assert await anext(program.stream) == b": beat\n\n"


async def test_nothing_is_rendered_for_a_program(monkeypatch: pytest.MonkeyPatch):
    mug = await make.product("MUG")

    async def never(*_: object) -> live.Message:
        raise AssertionError("no screen is open")

    monkeypatch.setattr(live, "render_changes", never)
    async with listening(await queries.last_event()) as program:
        await stock.receive(mug, 1, actor="kim")
        assert await program.next()


async def stream_of(
    monkeypatch: pytest.MonkeyPatch, query: str = "", **headers: str
) -> tuple[httpx.Response, int]:
    """The answer, and the place where its stream was asked to begin."""
    begun: list[int] = []

    async def stream(self: Hub, after: Place, *_: object) -> AsyncIterator[bytes]:
        begun.append(after.event)
        yield b": the end\n\n"

    monkeypatch.setattr(Hub, "stream", stream)
    async with api.program() as till:
        answer = await till.get(f"{STREAM}{query}", headers=headers)
    return answer, begun[0] if begun else -1


async def test_a_stream_begins_where_the_program_was_or_now(monkeypatch: pytest.MonkeyPatch):
    await make.product("MUG")
    now = await queries.last_event()

    answer, begun = await stream_of(monkeypatch, **{"Last-Event-ID": "1"})

    assert (answer.status_code, begun) == (200, 1)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert (await stream_of(monkeypatch, "?after=0"))[1] == 0
    assert (await stream_of(monkeypatch, "?after=0", **{"Last-Event-ID": "1"}))[1] == 1
    assert (await stream_of(monkeypatch))[1] == now


@pytest.mark.parametrize("place", ["", "x", "-1", "1.0", "9" * 19])
async def test_a_last_event_that_cannot_be_is_a_400(monkeypatch: pytest.MonkeyPatch, place: str):
    answer, begun = await stream_of(monkeypatch, **{"Last-Event-ID": place})

    assert (answer.status_code, begun) == (400, -1)
    assert [error["field"] for error in answer.json()["errors"]] == ["Last-Event-ID"]


@action
async def revoke_all() -> None:
    await ApiToken.update({ApiToken.revoked_at: clock.now()}, force=True)


async def test_a_stream_ends_when_its_token_is_revoked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "BEAT", 0.01)
    monkeypatch.setattr(live, "RECHECK", 0.0)
    hub = Hub()
    monkeypatch.setattr(events, "hub", hub)

    async with hub.running(), api.program() as till, asyncio.timeout(30):
        asking = asyncio.create_task(till.get(STREAM))
        while not hub.streams:
            await asyncio.sleep(0)
        assert not asking.done()
        await revoke_all()
        answer = await asking

    assert answer.status_code == 200
    assert hub.streams == 0


async def test_a_stream_ends_with_the_server(monkeypatch: pytest.MonkeyPatch):
    hub = Hub()
    monkeypatch.setattr(events, "hub", hub)

    async with hub.running(), api.program() as till, asyncio.timeout(30):
        asking = asyncio.create_task(till.get(STREAM))
        while not hub.streams:
            await asyncio.sleep(0)
        hub.close()
        answer = await asking

    assert answer.text.startswith("retry: ")


async def test_too_many_listeners_are_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.live.seats.MOST_STREAMS", 0)

    async with api.program() as till:
        answer = await till.get(STREAM)

    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    assert answer.headers["retry-after"] == "30"
