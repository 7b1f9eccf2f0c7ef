"""The life of a session: it ends when it should, at once, and does not come back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from app import clock
from app.accounts import actions, queries, secrets
from app.accounts.secrets import digest
from app.accounts.tables import Clerk, Role, Session, Till
from app.live import controllers as live
from app.live.hub import Hub
from app.web.csrf import COOKIE
from tests import make, screen
from tests.accounts.door import PASSWORD, id_of, settled, sign_in, welcome

NEW = "another sentence is good"
LINKED = "what a link has set"  # in place of a hash
Change = Callable[[int], Awaitable[None]]
AT_TWO = ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko Firefox/140.0", "Firefox on Windows")


async def is_in(somebody: screen.Screen) -> bool:
    return (await somebody.get("/stock")).url == "/stock"


async def change_password(somebody: screen.Screen, old: str, new: str = NEW) -> screen.Page:
    page = await somebody.get("/account")
    typed = {"old": old, "password": new, "again": new}
    return await somebody.press(page, "Change password", typed)


async def test_a_session_ends_after_a_shift_without_a_press_and_at_the_end_of_the_day():
    now = clock.now()

    async with screen.clerk() as idle, screen.clerk("Kim") as busy:
        for hours in (6, 11):
            with clock.at(now + timedelta(hours=hours)):
                assert await is_in(busy)
                await settled()
        with clock.at(now + timedelta(hours=12, minutes=1)):
            assert not await is_in(idle)
            assert await is_in(busy)
            await settled()
        with clock.at(now + timedelta(hours=16, minutes=1)):
            assert not await is_in(busy)


async def test_what_the_database_keeps_lets_nobody_in():
    async with screen.clerk() as robin, screen.anybody() as thief:
        thief.client.cookies[COOKIE] = digest(robin.client.cookies[COOKIE])

        assert not await is_in(thief)


async def test_a_session_in_an_address_lets_nobody_in():
    async with screen.clerk() as robin, screen.anybody() as thief:
        code = robin.client.cookies[COOKIE]
        page = await thief.get(f"/stock?{COOKIE}={code}&session={code}")

    assert page.url.startswith("/sign-in")


async def test_a_request_that_crosses_the_sign_out_does_not_bring_the_session_back():
    async with screen.clerk() as robin:
        page = await robin.get("/sign-out")
        with clock.at(clock.now() + timedelta(minutes=2)):  # so that its use has to be noted
            slow = asyncio.create_task(robin.client.get("/stock"))
            await robin.press(page, "Sign out")
            await slow
            await settled()

    assert await Session.count() == 0


async def test_a_clerk_sees_where_they_are_signed_in_and_ends_one():
    async with screen.anybody() as here, screen.anybody() as there:
        there.client.headers["user-agent"] = AT_TWO[0]
        await welcome(here)
        await sign_in(there)
        page = await here.get("/account")
        assert f"{AT_TWO[1]} with the password since" in page.words
        assert "this one" in page.words
        page = await here.press(page, f"Sign out {AT_TWO[1]}")

        assert page.url == "/account"
        assert AT_TWO[1] not in page.words
        assert (await is_in(here), await is_in(there)) == (True, False)


async def test_nobody_ends_a_session_of_somebody_else():
    async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        (session,) = await queries.sessions(await id_of("Kim"))
        token = (await robin.get("/account")).typed("/account/pin", "csrf_token")
        answer = await robin.client.post(
            f"/account/sessions/{session.id}/end", data={"csrf_token": token}
        )

        assert answer.status_code == 404
        assert "This session has ended already." in answer.text
        assert await is_in(kim)


async def test_signing_out_everywhere_ends_every_session_and_till():
    async with screen.anybody() as here, screen.anybody() as there:
        await welcome(here)
        await sign_in(there)
        await there.press(await there.get("/counter"), "Switch clerk")
        await sign_in(there)
        page = await here.press(await here.get("/account"), "Sign out everywhere")

        assert page.url == "/sign-in"
        assert not await is_in(there)
    assert (await Session.count(), await Till.count()) == (0, 0)


async def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions():
    async with screen.anybody() as here, screen.anybody() as there, screen.anybody() as later:
        await welcome(here)
        await sign_in(there)
        link = await actions.invite("Priya")
        before = here.client.cookies[COOKIE]
        refused = await change_password(here, "not the old password")
        assert refused.status == 422
        assert "This is not your password." in refused.words
        assert await is_in(there)
        page = await change_password(here, PASSWORD)

        assert page.url == "/account"
        assert here.client.cookies[COOKIE] != before
        assert (await is_in(here), await is_in(there)) == (True, False)
        assert (await sign_in(later, password=PASSWORD)).status == 422
        assert (await sign_in(later, password=NEW)).url == "/counter"
        assert (await later.get(f"/welcome/{link}")).status == 404


async def test_who_gives_the_old_password_while_it_is_changed_is_refused(
    monkeypatch: pytest.MonkeyPatch,
):
    compare = secrets.is_password
    compared, changed = asyncio.Event(), asyncio.Event()

    async def compare_slowly(typed: str, password_hash: str | None) -> bool:
        fits = await compare(typed, password_hash)
        if not compared.is_set():
            compared.set()
            await changed.wait()
        return fits

    async with screen.anybody() as priya, screen.anybody() as thief:
        await welcome(priya)
        monkeypatch.setattr(secrets, "is_password", compare_slowly)
        slow = asyncio.create_task(sign_in(thief))
        await compared.wait()
        done = await change_password(priya, PASSWORD)
        changed.set()
        refused = await slow

        assert (done.url, refused.status) == ("/account", 422)
        assert "The name or the password is not right." in refused.words
        assert (await is_in(priya), await is_in(thief)) == (True, False)


async def test_who_is_given_another_password_while_changing_it_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
):
    make_hash = secrets.hash_password

    async with screen.anybody() as priya:
        await welcome(priya)
        clerk = await id_of("Priya")

        async def meanwhile(typed: str) -> str:
            link = await actions.invite("Priya")
            await actions.accept(link, name="Priya", password_hash=LINKED)
            return await make_hash(typed)

        monkeypatch.setattr(secrets, "hash_password", meanwhile)
        page = await change_password(priya, PASSWORD)

    assert page.status == 422
    assert "This is not your password." in page.words
    assert await make.hash_of(clerk) == LINKED


async def test_a_new_password_follows_the_rules_and_is_typed_twice_alike():
    async with screen.anybody() as priya:
        await welcome(priya)
        typed = {"old": PASSWORD, "password": "password1234", "again": "password123"}
        page = await priya.press(await priya.get("/account"), "Change password", typed)
        still = await sign_in(priya)

    assert page.status == 422
    assert "This password would be guessed soon." in page.words
    assert "The two passwords differ." in page.words
    assert still.url == "/counter"


async def test_guessing_the_old_password_is_slowed_down_as_at_the_door():
    async with screen.anybody() as priya:
        await welcome(priya)
        pages = [await change_password(priya, "not the old password") for _ in range(11)]

    assert [page.status for page in pages] == [422] * 10 + [429]
    assert int(pages[-1].headers["retry-after"]) > 200
    assert "Too many wrong passwords." in pages[-1].words


async def test_a_disabled_clerk_is_out_at_the_next_press_and_stays_out():
    await make.clerk("Grace", Role.MANAGER)

    async with screen.anybody() as priya:
        await welcome(priya)
        await actions.disable(await id_of("Priya"))
        assert not await is_in(priya)
        page = await sign_in(priya)

    assert page.status == 422
    assert "The name or the password is not right." in page.words
    assert await Session.count() == 0


async def test_whoever_is_no_manager_any_more_is_kept_out_of_the_settings_at_once():
    await make.clerk("Grace", Role.MANAGER)

    async with screen.clerk("Robin", Role.MANAGER) as robin:
        before = await robin.get("/settings")
        await actions.change_role(await id_of("Robin"), Role.CLERK)
        after = await robin.get("/settings")

        assert (before.status, after.status) == (200, 403)
        assert await is_in(robin)


async def test_a_live_screen_ends_when_its_clerk_is_disabled_or_gets_another_role(
    monkeypatch: pytest.MonkeyPatch,
):
    hub = Hub()
    monkeypatch.setattr(live, "hub", hub)
    await make.clerk("Grace", Role.MANAGER)
    promote = partial(actions.change_role, role=Role.MANAGER)
    changes: tuple[Change, ...] = (actions.disable, promote)

    async with hub.running(), screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        for somebody, name, change in zip((robin, kim), ("Robin", "Kim"), changes, strict=True):
            streaming = asyncio.create_task(somebody.client.get("/live"))
            while not hub.streams:
                await asyncio.sleep(0.001)
            await change(await id_of(name))
            async with asyncio.timeout(30):
                assert (await streaming).text.endswith("event: ended\ndata:\n\n")


async def test_the_oldest_of_eleven_sessions_ends():
    async with screen.anybody() as first:
        await welcome(first)
        priya = await id_of("Priya")
        for minutes in range(10):
            with clock.at(clock.now() + timedelta(minutes=minutes)):
                await make.session(priya)

        assert not await is_in(first)
    assert await Session.count() == 10


async def test_a_password_kept_with_older_parameters_is_kept_anew(monkeypatch: pytest.MonkeyPatch):
    async with screen.anybody() as priya:
        await welcome(priya)
        (before,) = await Clerk.select(Clerk.password_hash)
        monkeypatch.setattr("app.accounts.secrets.is_outdated", lambda _: True)
        page = await sign_in(priya)

    (after,) = await Clerk.select(Clerk.password_hash)
    assert page.url == "/counter"
    assert after["password_hash"] != before["password_hash"]
