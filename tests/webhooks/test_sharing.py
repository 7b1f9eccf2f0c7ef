"""Several processes, crashes and restarts: each event is one delivery, sent by one at a time."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from app import clock
from app.database import DB
from app.stock import actions as stock
from app.webhooks import actions, mail, post, worker
from app.webhooks.actions import Due, Outcome
from app.webhooks.actions.taking import _Place
from app.webhooks.worker import Worker
from tests import make, shops
from tests.webhooks import log
from tests.webhooks.receiver import Receiver

ARRIVED = Outcome(200, "", 5)


async def receive(count: int) -> None:
    mug = await make.product("MUG", on_hand=1)
    for n in range(count):
        await stock.receive(mug, n + 1, actor="Robin")


async def work_together(workers: int) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(workers):
            await stack.enter_async_context(Worker().running())
        await log.is_done()


class Careless:
    """Looks what is due and sends it: right, until two do, and at first as many as there are do."""

    def __init__(self, workers: int) -> None:
        self._begun = 0
        self._workers = workers
        self._together = asyncio.Barrier(workers)

    async def claim(self, hook: int) -> Due | None:
        rows = await DB.fetch(
            shops.marked(
                "SELECT d.id, d.body, d.attempts, h.id, h.address, h.secret, d.next_at "
                "FROM hook_delivery d JOIN hook h ON h.id = d.hook "
                "WHERE h.id = ? AND d.status = 'pending' ORDER BY d.id LIMIT 1"
            ),
            (hook,),
        )
        if rows and self._begun < self._workers:
            self._begun += 1
            await self._together.wait()
        return Due(*rows[0]) if rows else None


async def test_several_workers_send_each_event_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    await actions.add(receiver.address, actor="Priya")
    await receive(10)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "claim", Careless(3).claim)
        await work_together(3)
    careless = len(receiver.got)
    receiver.got.clear()
    receiver.most_at_once = 0
    await stock.receive(1, 7, actor="Robin")
    for delivery in await log.rows():
        await actions.replay(delivery["id"], delivery["hook"])

    await work_together(3)

    assert careless > 11  # the opening stock and ten receipts
    assert len(receiver.got) == 12
    assert len({got.event["id"] for got in receiver.got}) == 12
    assert receiver.most_at_once == 1


async def test_who_comes_second_takes_nothing_from_the_log(monkeypatch: pytest.MonkeyPatch):
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    await receive(1)
    taken = [await actions.take(hook), await actions.take(hook)]
    before = await log.rows()

    async def place_of_before(**_: object) -> _Place:
        return _Place(0, "")

    monkeypatch.setattr(actions.taking._PLACE, "first", place_of_before)
    again = await actions.take(hook)

    assert taken == [True, False]
    assert again is False
    assert await log.rows() == before


async def test_a_hook_for_which_nothing_is_due_stays_free():
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    await receive(0)
    await actions.take(hook)

    first = await actions.claim(hook)
    assert first
    assert await actions.note_and_claim(first, ARRIVED) is None
    assert await actions.claim(hook) is None

    assert await DB.fetch("SELECT leased_until FROM hook") == [(None,)]


async def test_a_hook_whose_deliveries_cannot_be_made_stops_no_other(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    broken = await actions.add("http://127.0.0.1/", actor="Priya")
    sound = await actions.add(receiver.address, actor="Priya")
    await receive(0)

    async def take(hook: int) -> bool:
        if hook == broken:
            raise RuntimeError("it cannot be read")
        return await actions.take(hook)

    monkeypatch.setattr(worker, "take", take)
    async with Worker().running():
        await receiver.has(1)

    assert {row["hook"] for row in await log.rows()} == {sound}
    assert f"webhook {broken}: it cannot be read" in caplog.text


async def test_the_database_keeps_an_event_from_becoming_two_deliveries():
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    await receive(1)
    await actions.take(hook)
    ((event,),) = await DB.fetch("SELECT max(event) FROM hook_delivery")

    with pytest.raises(DB.errors, match=r"(?i:unique)"):
        await DB.run(actions.taking.ADD.one, hook=hook, event=event, body="{}", now=clock.now())


async def test_after_a_crash_it_is_sent_again_when_the_lease_has_run_out(receiver: Receiver):
    await actions.add(receiver.address, actor="Priya")
    await receive(1)
    receiver.hold()
    async with Worker().running():
        await receiver.has(1)
    receiver.release()
    crashed = await log.rows()

    async with Worker().running():
        with log.later(seconds=55):
            await asyncio.sleep(0.05)  # five looks
            early = len(receiver.got)
        with log.later(seconds=65):
            await log.is_done()

    assert [row["status"] for row in crashed] == ["pending", "pending"]
    assert early == 1
    assert receiver.got[0].body == receiver.got[1].body
    assert [row["attempts"] for row in await log.rows()] == [2, 1]


def test_nothing_takes_longer_than_the_lease():
    assert max(post.PATIENCE, mail.PATIENCE) < actions.sending.LEASE.total_seconds() / 1.5


async def test_what_comes_from_a_lease_that_ran_out_changes_nothing():
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    await actions.send_test(hook, actor="Priya")
    first = await actions.claim(hook)
    with log.later(seconds=61):
        second = await actions.claim(hook)
        assert first
        assert second

        await actions.note(first, Outcome(500, "Answered 500", 5))
        in_between = await log.one()
        third = await actions.claim(hook)
        await actions.note(second, ARRIVED)

    assert (in_between["status"], in_between["code"]) == ("pending", 0)
    assert third is None
    assert (await log.one())["status"] == "delivered"


async def test_a_hook_waits_for_its_receiver_and_not_the_disk(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(actions.taking, "MOST_WAITING", 2)
    monkeypatch.setattr(actions.taking, "AT_ONCE", 1)
    hook = await actions.add(receiver.address, actor="Priya")
    await receive(4)

    waiting = [await actions.take(hook) for _ in range(4)]
    await log.work()

    assert waiting == [True, True, False, False]
    assert len(receiver.got) == 5


async def test_trouble_of_our_own_is_said_and_made_up_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    hook = await actions.add(receiver.address, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    async def fails(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    async with Worker().running():
        with caplog.at_level(logging.WARNING):
            with monkeypatch.context() as patch:
                patch.setattr("app.webhooks.queries.due", fails)
                await until(lambda: "webhooks: disk I/O error" in caplog.text)
            with monkeypatch.context() as patch:
                patch.setattr(worker, "note_and_claim", fails)
                await until(lambda: f"webhook {hook}: disk I/O error" in caplog.text)
        with log.later(seconds=65):
            await log.is_done()

    assert (await log.one())["status"] == "delivered"
    assert len(receiver.got) == 2


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.001)


async def test_no_log_of_the_program_holds_a_secret(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
):
    hook = await actions.add(receiver.address, actor="Priya")
    receiver.answers = [None]
    await receive(1)

    with caplog.at_level(logging.DEBUG):
        await log.work()

    ((secret,),) = await DB.fetch(shops.marked("SELECT secret FROM hook WHERE id = ?"), (hook,))
    assert len(secret) > 40
    assert "POST" in caplog.text
    assert secret not in caplog.text
