"""Before a setting is changed the password is asked for again, if it was not given a moment ago."""

from datetime import timedelta

from app import clock
from app.accounts import actions, secrets
from app.accounts.tables import ApiToken, Role, Welcome
from tests import make, screen
from tests.accounts.door import PASSWORD, id_of, welcome
from tests.accounts.test_clerks_page import shown
from tests.accounts.test_till import come_in, open_till

LATER = timedelta(minutes=6)
TOKENS = "/settings/tokens"


async def create(grace: screen.Screen) -> screen.Page:
    page = await grace.get(TOKENS)
    return await grace.press(page, "Create", {"name": "Web shop", "days": "7"})


async def test_a_password_given_long_ago_is_asked_for_again_and_nothing_has_to_be_typed_twice():
    async with screen.anybody() as grace:
        await welcome(grace, "Grace", Role.MANAGER)
        with clock.at(clock.now() + LATER):
            asked = await create(grace)
            assert await ApiToken.count() == 0
            wrong = await grace.press(asked, "Go on", {"proof": "not the password"})
            assert await ApiToken.count() == 0
            page = await grace.press(wrong, "Go on", {"proof": PASSWORD})
            (token,) = await ApiToken.select(ApiToken.name, ApiToken.expires_at)
            again = await grace.press(await grace.get("/settings/clerks"), "Add", {"name": "Kim"})

    assert (asked.status, wrong.status) == (409, 422)
    assert "Your password, Grace" in asked.words
    assert "This is not your password." in wrong.words
    assert shown(page).startswith("onh_")
    assert token["name"] == "Web shop"
    assert token["expires_at"] < clock.now() + timedelta(days=8)
    assert "Link for Kim" in again.words


async def test_what_was_asked_before_the_password_carries_no_password():
    async with screen.anybody() as grace:
        await welcome(grace, "Grace", Role.MANAGER)
        with clock.at(clock.now() + LATER):
            asked = await create(grace)
            wrong = await grace.press(asked, "Go on", {"proof": "not the password"})

    assert "not the password" not in wrong.html


async def test_every_form_of_the_settings_asks():
    async with screen.anybody() as grace:
        await welcome(grace, "Grace", Role.MANAGER)
        address = f"/settings/clerks/{await id_of('Grace')}"
        with clock.at(clock.now() + LATER):
            for button in ("Link to a new password", "Sign out everywhere", "Disable"):
                page = await grace.press(await grace.get(address), button)
                assert "Your password, Grace" in page.words
            form = {"address": "https://hooks.example.org", "what": "all"}
            page = await grace.press(await grace.get("/settings/webhooks"), "Add", form)
            assert "Your password, Grace" in page.words
            looked = await grace.get("/settings")

    assert looked.status == 200
    assert await Welcome.count().where(Welcome.used_at.is_null()) == 0


async def test_a_manager_who_came_in_with_the_pin_is_asked_at_once():
    async with screen.anybody() as grace:
        await welcome(grace, "Grace", Role.MANAGER)
        clerk = await id_of("Grace")
        pin_hash = await secrets.hash_password("4711")
        await actions.set_pin(clerk, pin_hash=pin_hash, password_hash=await make.hash_of(clerk))
        await open_till(grace)
        await come_in(grace, clerk)
        asked = await create(grace)
        page = await grace.press(asked, "Go on", {"proof": PASSWORD})

    assert asked.status == 409
    assert shown(page).startswith("onh_")


async def test_guessing_there_is_slowed_down_as_at_the_door():
    async with screen.anybody() as grace:
        await welcome(grace, "Grace", Role.MANAGER)
        with clock.at(clock.now() + LATER):
            page = await create(grace)
            pages = [
                page := await grace.press(page, "Go on", {"proof": "not the password"})
                for _ in range(11)
            ]

    assert [page.status for page in pages] == [422] * 10 + [429]
    assert await ApiToken.count() == 0


async def test_a_clerk_is_refused_and_not_asked():
    async with screen.clerk("Robin") as robin:
        page = await robin.get("/account")
        token = page.typed("/account/pin", "csrf_token")
        answer = await robin.client.post(
            TOKENS, data={"csrf_token": token, "proof": PASSWORD, "name": "Web shop"}
        )

    assert answer.status_code == 403
    assert await ApiToken.count() == 0
