"""Tokens for programs: made by managers, shown once, revoked at once."""

import asyncio
from datetime import timedelta

import pytest

from app import clock
from app.accounts import actions
from app.accounts.actions import NameTaken
from app.accounts.tables import ApiToken, Role
from app.database import DB
from app.live import api as events
from app.live.hub import Hub
from tests import api, asgi, make, screen
from tests.accounts.door import settled
from tests.accounts.test_clerks_page import shown

TOKENS = "/settings/tokens"


async def ask(token: str, method: str = "GET", path: str = "/v1/products") -> int:
    async with asgi.client(headers={"Authorization": f"Bearer {token}"}) as program:
        return (await program.request(method, path)).status_code


async def test_a_manager_makes_a_token_that_is_shown_once_and_revokes_it():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        page = await grace.get(TOKENS)
        page = await grace.press(page, "Create", {"name": "Web shop"})
        token = shown(page)
        listed = await grace.get(TOKENS)
        assert await ask(token) == 200
        page = await grace.press(listed, "Revoke Web shop")
        assert await ask(token) == 401

    assert token.startswith("onh_")
    assert len(token) == 47
    assert token not in listed.html
    assert "Web shop Read only made" in listed.words
    assert "by Grace" in listed.words
    assert "Web shop Revoked" in page.words
    assert token not in str(await DB.fetch("SELECT * FROM api_token"))
    assert token not in str(await DB.fetch("SELECT * FROM answer"))


async def test_a_token_reads_or_writes_and_is_good_for_as_long_as_was_chosen():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        page = await grace.get(TOKENS)
        read = shown(await grace.press(page, "Create", {"name": "Reader", "days": "7"}))
        write = shown(await grace.press(page, "Create", {"name": "Writer", "scope": "write"}))

    assert await ask(read, "POST") == 403
    assert await ask(write, "POST") == 400
    with clock.at(clock.now() + timedelta(days=8)):
        assert (await ask(read), await ask(write)) == (401, 200)
    with clock.at(clock.now() + timedelta(days=91)):
        assert await ask(write) == 401


async def test_a_choice_that_is_not_offered_is_refused():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        page = await grace.get(TOKENS)
        typed = {"name": "Web shop", "scope": "admin", "days": "9999"}
        page = await grace.press(page, "Create", typed)

    assert page.status == 422
    assert "Choose what it may do." in page.words
    assert "Choose how long it is good for." in page.words
    assert await ApiToken.count() == 0


async def test_revoking_twice_is_refused_the_second_time():
    await actions.add_token("Web shop")

    async with screen.clerk("Grace", Role.MANAGER) as grace:
        page = await grace.get(TOKENS)
        await actions.revoke_token(1)
        page = await grace.press(page, "Revoke")

    assert page.status == 404


async def test_a_token_and_a_clerk_never_have_the_same_name():
    await make.clerk("Robin")
    await actions.add_token("Web shop")

    with pytest.raises(NameTaken):
        await actions.add_token("robin")
    with pytest.raises(NameTaken):
        await make.clerk("web  SHOP")
    with pytest.raises(NameTaken):
        await make.clerk("Onhand")  # under which the program itself acts
    await actions.add_token("Web shop")

    assert await ApiToken.count() == 2


async def test_the_last_use_is_noted_once_a_minute():
    token = await actions.add_token("Web shop")
    now = clock.now()
    noted = []

    for seconds in (0, 30, 61):
        with clock.at(now + timedelta(seconds=seconds)):
            await ask(token)
            await settled()
        (row,) = await ApiToken.select(ApiToken.last_used_at)
        noted.append((row["last_used_at"] - now).total_seconds())

    assert noted == [0, 0, 61]


async def test_a_program_that_listens_is_cut_off_when_its_token_is_revoked(
    monkeypatch: pytest.MonkeyPatch,
):
    hub = Hub()
    monkeypatch.setattr(events, "hub", hub)

    async with hub.running(), api.program() as till, asyncio.timeout(30):
        streaming = asyncio.create_task(till.get("/v1/events/stream"))
        while not hub.streams:
            await asyncio.sleep(0.001)
        await actions.revoke_token(1)
        answer = await streaming

    assert answer.status_code == 200
    assert hub.streams == 0
