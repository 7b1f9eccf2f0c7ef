"""What does not arrive: how it is told, when it is tried again, and when it is given up."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.stock import actions as stock
from app.webhooks import actions, post, schedule
from tests import make
from tests.webhooks import log
from tests.webhooks.receiver import BROKEN, HUGE, MOVED, NONSENSE, OK, Receiver

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def told_once(address: str) -> None:
    """A hook, and one event for it."""
    mug = await make.product("MUG", on_hand=1)
    await actions.add(address, actor="Priya")
    await stock.receive(mug, 1, actor="Robin")


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_what_was_refused_is_tried_again_and_arrives_the_same(receiver: Receiver):
    receiver.answers = [BROKEN]
    await told_once(receiver.address)
    await log.work()
    failed = await log.one()

    with log.later(seconds=12):
        await log.work()

    assert (failed["status"], failed["code"]) == ("pending", 500)
    assert failed["error"] == "Answered 500"
    first, second = receiver.got
    assert first.body == second.body
    assert first.headers["onhand-delivery"] == second.headers["onhand-delivery"]
    assert first.headers["onhand-signature"] != second.headers["onhand-signature"]
    row = await log.one()
    assert (row["status"], row["attempts"], row["error"]) == ("delivered", 2, "")


async def test_it_is_not_tried_before_its_time(receiver: Receiver):
    receiver.answers = [BROKEN]
    with clock.at(NOON):
        await told_once(receiver.address)
        await log.work()
    with clock.at(NOON + timedelta(seconds=8)):
        await log.work()

    assert len(receiver.got) == 1


async def test_it_is_tried_ever_more_rarely_for_three_days_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(schedule, "JITTER", 0)
    with clock.at(NOON):
        await told_once(f"http://127.0.0.1:{closed_port()}/")
    now, pauses = NOON, []

    for _ in range(20):
        with clock.at(now):
            await log.work()
        if (await log.one())["status"] != "pending":
            break
        pauses.append(await log.next_at() - now)
        now = await log.next_at()

    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    assert pauses == [
        timedelta(seconds=10),
        *(minute, 5 * minute, 30 * minute),
        *(2 * hour, 6 * hour),
        *(day, day, day),
    ]
    row = await log.one()
    assert (row["status"], row["attempts"], row["code"]) == ("failed", 10, 0)
    assert row["error"] == "Nobody answers at this address"


def test_not_everything_comes_back_at_the_same_moment():
    pauses = {(schedule.next_try(1, NOON) or NOON) - NOON for _ in range(50)}

    assert len(pauses) > 10
    assert min(pauses) >= timedelta(seconds=9)
    assert max(pauses) <= timedelta(seconds=11)


@pytest.mark.parametrize(
    ("answer", "code", "error"),
    [
        (b"HTTP/1.1 204 Done\r\n\r\n", 204, ""),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", 410, "Answered 410"),
        (MOVED, 302, "Answered 302; redirects are not followed"),
        (HUGE, 200, ""),
        (NONSENSE, 0, "It cut the connection, or does not speak HTTP"),
        (None, 0, "It cut the connection, or does not speak HTTP"),
        (OK[:20], 0, "It cut the connection, or does not speak HTTP"),
    ],
)
async def test_how_it_went_is_told(receiver: Receiver, answer: bytes | None, code: int, error: str):
    receiver.answers = [answer]
    await told_once(receiver.address)

    await log.work()

    row = await log.one()
    assert (row["code"], row["error"]) == (code, error)
    assert row["status"] == ("pending" if error else "delivered")
    assert len(receiver.got) == 1


async def test_a_receiver_that_does_not_answer_is_not_waited_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(post, "PATIENCE", 0.05)
    receiver.hold()
    await told_once(receiver.address)

    await log.work()

    row = await log.one()
    assert (row["code"], row["error"]) == (0, "Did not answer within 10 seconds")
    assert 40 <= row["took_ms"] < 1000


async def test_a_receiver_that_never_ends_its_answer_is_not_waited_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(post, "PATIENCE", 0.05)
    await told_once(receiver.address)

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await asyncio.sleep(0.01)

    monkeypatch.setattr(receiver, "meet", trickle)
    await log.work()

    assert (await log.one())["took_ms"] < 1000


async def test_a_name_that_nobody_knows_is_told():
    await told_once("http://shop.invalid/")

    await log.work()

    assert (await log.one())["error"] == "Its name is not known"


async def test_what_failed_steps_aside_for_what_comes_after(receiver: Receiver):
    receiver.answers = [BROKEN]
    mug = await make.product("MUG", on_hand=1)
    await actions.add(receiver.address, actor="Priya")
    for n in (1, 2, 3):
        await stock.receive(mug, n, actor="Robin")

    await log.work()
    with log.later(seconds=12):
        await log.work()

    assert [got.event["on_hand_change"] for got in receiver.got] == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("leads_to", "got"), [(["127.0.0.1"], 1), (["127.0.0.1", "169.254.169.254"], 0)]
)
async def test_where_a_name_leads_is_looked_at_when_something_is_sent(
    leads_to: list[str], got: int, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    async def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        port = receiver.address.split(":")[2].partition("/")[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, int(port))) for ip in leads_to]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    await told_once(receiver.address.replace("127.0.0.1", "till.example.org"))

    await log.work()

    assert len(receiver.got) == got
    row = await log.one()
    if not got:
        assert row["error"] == "Its name leads to an address that no program can have"
        assert row["status"] == "pending"
