"""Managers decide who may come in."""

import re

from app.accounts import actions, queries
from app.accounts.tables import Clerk, Role, Session
from tests import make, screen
from tests.accounts.door import PASSWORD, id_of

CLERKS = "/settings/clerks"


def shown(page: screen.Page) -> str:
    """What is shown once: the link, or the token."""
    (value,) = re.findall(r'id="(?:link|token)" value="([^"]+)"', page.html)
    return str(value)


async def test_a_manager_adds_a_clerk_by_a_link_that_is_shown_once():
    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.anybody() as priya:
        page = await grace.get(CLERKS)
        page = await grace.press(page, "Add", {"name": "Priya", "role": "manager"})
        link = shown(page)
        listed = await grace.get(CLERKS)
        page = await priya.get(link)
        assert page.typed(link.removeprefix("http://127.0.0.1"), "name") == "Priya"
        page = await priya.press(page, "Start", {"password": PASSWORD, "again": PASSWORD})
        settings = await priya.get("/settings")

    assert (page.url, settings.status) == ("/counter", 200)
    assert link not in listed.html


async def test_a_form_that_is_sent_twice_shows_the_same_link_and_makes_one():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        page = await grace.get(CLERKS)
        links = {shown(await grace.press(page, "Add", {"name": "Priya"})) for _ in range(2)}
        other = shown(await grace.press(await grace.get(CLERKS), "Add", {"name": "Priya"}))

    assert len(links) == 1
    assert other not in links


async def test_a_name_that_is_taken_or_cannot_be_shown_is_refused():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        await actions.add_token("Web shop")
        page = await grace.get(CLERKS)
        taken = await grace.press(page, "Add", {"name": "grace"})
        program = await grace.press(page, "Add", {"name": "Web shop"})
        empty = await grace.press(page, "Add", {"name": " "})
        odd = await grace.press(page, "Add", {"name": "Kim", "role": "owner"})

    assert (taken.status, program.status) == (409, 409)
    assert "Somebody called grace is here already." in taken.words
    assert (empty.status, odd.status) == (422, 422)
    assert "The name is missing." in empty.words
    assert "Choose a role." in odd.words


async def test_a_link_to_a_new_password_lets_the_clerk_choose_it():
    async with (
        screen.clerk("Grace", Role.MANAGER) as grace,
        screen.clerk("Robin") as robin,
        screen.anybody() as somebody,
    ):
        page = await grace.get(f"{CLERKS}/{await id_of('Robin')}")
        page = await grace.press(page, "Link to a new password")
        assert (await robin.get("/stock")).url == "/stock"
        page = await somebody.get(shown(page))
        assert "New password for Robin" in page.words
        await somebody.press(page, "Start", {"password": PASSWORD, "again": PASSWORD})

        assert (await robin.get("/stock")).url.startswith("/sign-in")
        assert (await somebody.get("/stock")).url == "/stock"


async def test_a_new_password_by_a_link_takes_the_pin_away():
    async with screen.clerk("Robin"), screen.anybody() as somebody:
        robin = await id_of("Robin")
        await actions.set_pin(robin, pin_hash="never used", password_hash=await make.hash_of(robin))
        code = await actions.invite("Robin")
        page = await somebody.get(f"/welcome/{code}")
        await somebody.press(page, "Start", {"password": PASSWORD, "again": PASSWORD})

    assert not (await queries.person(robin)).has_pin


async def test_a_manager_changes_a_role_disables_and_enables():
    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.clerk("Robin") as robin:
        address = f"{CLERKS}/{await id_of('Robin')}"
        page = await grace.press(await grace.get(address), "Make manager")
        assert "Robin Manager, here since" in page.words
        assert (await robin.get("/settings")).status == 200
        page = await grace.press(page, "Make clerk")
        page = await grace.press(page, "Disable")
        assert "Robin Disabled, here since" in page.words
        assert (await robin.get("/stock")).url.startswith("/sign-in")
        listed = await grace.get(CLERKS)
        page = await grace.press(page, "Enable")

    assert "Robin Disabled" in listed.words
    assert "Robin Clerk, here since" in page.words


async def test_a_manager_signs_a_clerk_out_everywhere():
    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.clerk("Robin") as robin:
        page = await grace.get(f"{CLERKS}/{await id_of('Robin')}")
        page = await grace.press(page, "Sign out everywhere")

        assert (await robin.get("/stock")).url.startswith("/sign-in")
    assert "Nowhere." in page.words


async def test_the_last_manager_stays_one():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        address = f"{CLERKS}/{await id_of('Grace')}"
        for button in ("Make clerk", "Disable"):
            page = await grace.press(await grace.get(address), button)
            assert page.status == 409
            assert "Grace is the last manager." in page.words

        assert (await grace.get("/settings")).status == 200
    assert await Session.count() == 1


async def test_a_manager_who_is_disabled_does_not_count():
    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.clerk("Kim", Role.MANAGER):
        await actions.disable(await id_of("Kim"))
        address = f"{CLERKS}/{await id_of('Grace')}"
        page = await grace.press(await grace.get(address), "Make clerk")

    assert page.status == 409


async def test_what_is_so_already_is_said():
    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.clerk("Robin"):
        address = f"{CLERKS}/{await id_of('Robin')}"
        page = await grace.get(address)
        await actions.disable(await id_of("Robin"))
        page = await grace.press(page, "Disable")

    assert page.status == 409
    assert "Robin is disabled already." in page.words


async def test_a_clerk_who_is_not_there_is_not_found():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        for address in ("99", "x", "0"):
            assert (await grace.get(f"{CLERKS}/{address}")).status == 404
    assert await Clerk.count() == 1
