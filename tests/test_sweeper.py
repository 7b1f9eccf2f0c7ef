import asyncio
import logging
from datetime import timedelta

import pytest

from app import clock, sweeper
from app.database import DB, writer
from app.idempotency import once
from app.idempotency.once import KEPT, Question
from tests import make
from tests.database import notes


async def ask(key: str) -> None:
    await once.once(Question("clerk:1", key, b"?"), make.product, status=201)


async def kept() -> int:
    ((count,),) = await DB.fetch("SELECT count(*) FROM answer")
    return int(count)


async def until(count: int) -> None:
    async with asyncio.timeout(5):
        while await kept() != count:
            await asyncio.sleep(0)


async def test_old_answers_are_forgotten_step_by_step(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeper, "REST", 0.001)
    with clock.at(clock.now() - KEPT - timedelta(minutes=1)):
        await asyncio.gather(*(ask(f"old-{n}") for n in range(once.FORGOTTEN_AT_ONCE + 1)))
    await ask("new")

    async with sweeper.running():
        await until(1)


@pytest.mark.sqlite
async def test_a_sweep_that_fails_is_said_and_made_up_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with clock.at(clock.now() - KEPT - timedelta(minutes=1)):
        await ask("old")
    monkeypatch.setattr(sweeper, "CHORES", [sweeper.Chore(once.forget_old, pause=0.001)])
    monkeypatch.setattr(sweeper, "AGAIN", 0.001)
    monkeypatch.setattr(writer, "PATIENCE", 0.0)
    other = notes.engine()._connect()
    other.execute("BEGIN IMMEDIATE")

    async with sweeper.running():
        with caplog.at_level(logging.WARNING):
            async with asyncio.timeout(5):
                while "sweeper: database is locked" not in caplog.text:
                    await asyncio.sleep(0)
        assert "Traceback" not in caplog.text  # nobody has to look at it
        assert await kept() == 1
        other.execute("ROLLBACK")
        await until(0)
    other.close()
