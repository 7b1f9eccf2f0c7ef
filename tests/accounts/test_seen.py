"""A session in use does not end for idleness; an open screen alone is no use."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import clock
from app.accounts import current
from app.accounts.tables import Session
from tests import screen

LATER = timedelta(minutes=10)


async def seen_at() -> datetime:
    (row,) = await Session.select(Session.seen_at)
    moment: datetime = row["seen_at"]
    return moment


async def settled() -> None:
    """What is done beside the page is done."""
    async with asyncio.timeout(5):
        while current.noting:
            await asyncio.sleep(0.01)


async def test_a_page_keeps_the_session_alive():
    async with screen.clerk() as robin:
        with clock.at(clock.now() + LATER):
            now = clock.now()
            await robin.get("/stock")
            await settled()

    assert await seen_at() == now


async def test_a_page_that_is_looked_at_again_within_a_minute_is_not_noted_again():
    async with screen.clerk() as robin:
        before = await seen_at()
        with clock.at(clock.now() + timedelta(seconds=50)):
            await robin.get("/stock")
            await settled()

    assert await seen_at() == before


@pytest.mark.sqlite
async def test_a_page_does_not_wait_for_another_program_that_writes(shop: Path):
    async with screen.clerk() as robin:
        with (
            closing(sqlite3.connect(shop, isolation_level=None)) as somebody,
            clock.at(clock.now() + LATER),
        ):
            now = clock.now()
            somebody.execute("BEGIN IMMEDIATE")
            async with asyncio.timeout(2):
                pages = [await robin.get("/stock") for _ in range(3)]
            somebody.execute("ROLLBACK")
            await settled()

    assert [page.status for page in pages] == [200, 200, 200]
    assert await seen_at() == now


@pytest.mark.sqlite
async def test_a_page_does_not_fail_when_it_cannot_be_noted(
    shop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("app.database.writer.PATIENCE", 0.0)

    async with screen.clerk() as robin:
        before = await seen_at()
        with (
            closing(sqlite3.connect(shop, isolation_level=None)) as somebody,
            clock.at(clock.now() + LATER),
        ):
            somebody.execute("BEGIN IMMEDIATE")
            page = await robin.get("/stock")
            await settled()

    assert page.status == 200
    assert await seen_at() == before
    assert "database is locked" in caplog.text


async def test_a_screen_that_only_listens_does_not_keep_the_session_alive():
    async with screen.clerk() as robin:
        before = await seen_at()
        with clock.at(clock.now() + LATER):
            answer = await robin.client.get("/live/now")
            await settled()

    assert answer.status_code == 200
    assert await seen_at() == before
