"""A shared till: opened by a password, then clerks take turns with a PIN."""

import asyncio
from datetime import timedelta

from app import clock
from app.accounts import actions, secrets
from app.accounts.cookies import TILL
from app.accounts.tables import Session, Till
from app.web.csrf import COOKIE
from tests import make, screen
from tests.accounts.door import PASSWORD, id_of, settled, sign_in

PIN = "4711"


async def with_pin(name: str, pin: str = PIN) -> int:
    clerk = await make.clerk(name)
    pin_hash = await secrets.hash_password(pin)
    await actions.set_pin(clerk, pin_hash=pin_hash, password_hash=await make.hash_of(clerk))
    return clerk


async def open_till(somebody: screen.Screen) -> screen.Page:
    """Whoever is signed in there steps back."""
    return await somebody.press(await somebody.get("/counter"), "Switch clerk")


async def come_in(
    somebody: screen.Screen, clerk: int, pin: str = PIN, page: screen.Page | None = None
) -> screen.Page:
    page = page or await somebody.get("/sign-in")
    return await somebody.press(page, "Sign in", {"clerk": str(clerk), "pin": pin})


async def test_clerks_take_turns_at_a_till_that_a_password_has_opened():
    kim = await with_pin("Kim")

    async with screen.clerk("Robin") as till:
        page = await open_till(till)
        assert "Who is at the till?" in page.words
        assert "Robin" not in page.words  # who has no PIN
        page = await come_in(till, kim, page=page)
        assert (page.url, "Kim" in page.words) == ("/counter", True)
        page = await open_till(till)

    assert "Kim" in page.words
    assert await Till.count() == 1
    assert await Session.count() == 0


async def test_no_name_is_shown_where_no_password_was_given():
    kim = await with_pin("Kim")

    async with screen.anybody() as stranger:
        page = await stranger.get("/sign-in")
        typed = {"clerk": str(kim), "pin": PIN}
        answer = await stranger.client.post("/sign-in/pin", data=typed)
        stranger.client.cookies[TILL] = "chosen"
        chosen = await stranger.client.post("/sign-in/pin", data=typed)

    assert "Kim" not in page.words
    assert answer.url.path == chosen.url.path == "/sign-in"
    assert await Session.count() == 0


async def test_a_wrong_pin_says_so_and_the_name_stays_chosen():
    kim = await with_pin("Kim")

    async with screen.clerk() as till:
        page = await come_in(till, kim, "9999", await open_till(till))

    assert page.status == 422
    assert "This is not the PIN." in page.words
    assert page.typed("/sign-in/pin", "clerk") == str(kim)
    assert page.typed("/sign-in/pin", "pin") == ""
    assert await Session.count() == 0


async def test_somebody_who_chose_no_name_is_asked_for_it():
    kim = await with_pin("Kim")

    async with screen.clerk() as till:
        await open_till(till)
        for typed in ("", "x", str(kim + 1)):
            answer = await till.client.post("/sign-in/pin", data={"clerk": typed, "pin": PIN})
            assert answer.status_code == 422
            assert "Choose your name." in answer.text


async def test_after_five_wrong_pins_the_password_is_needed():
    kim = await with_pin("Kim")
    password_hash = await secrets.hash_password(PASSWORD)
    await actions.change_password(
        kim, password_hash=password_hash, instead_of=await make.hash_of(kim)
    )

    async with screen.clerk() as till:
        await open_till(till)
        wrong = [await come_in(till, kim, "9999") for _ in range(5)]
        right = await come_in(till, kim)
        assert "needs the password" in (await till.get("/sign-in")).words
        page = await sign_in(till, "Kim")
        assert page.url == "/counter"
        await open_till(till)
        again = await come_in(till, kim)

    assert [page.status for page in wrong] == [422] * 5
    assert right.status == 409
    assert "5 wrong PINs in a row. This clerk needs the password now." in right.words
    assert again.url == "/counter"


async def test_many_wrong_pins_at_once_are_five():
    kim = await with_pin("Kim")

    async with screen.clerk() as till:
        await open_till(till)
        typed = {"clerk": str(kim), "pin": "9999"}
        answers = await asyncio.gather(
            *(till.client.post("/sign-in/pin", data=typed) for _ in range(20))
        )

    assert sorted(answer.status_code for answer in answers) == [409] * 15 + [422] * 5


async def test_a_till_ends_with_the_session_that_opened_it():
    kim = await with_pin("Kim")

    async with screen.clerk() as till:
        await open_till(till)
        await come_in(till, kim)
        now = clock.now()
        for hours in (8, 15):
            with clock.at(now + timedelta(hours=hours)):
                assert (await till.get("/stock")).url == "/stock"
                await settled()
        with clock.at(now + timedelta(hours=16)):
            ended = await till.get("/stock")
            page = await till.get("/sign-in")

    assert ended.url.startswith("/sign-in")
    assert "Kim" not in page.words


async def test_signing_out_closes_the_till():
    kim = await with_pin("Kim")

    async with screen.clerk() as till:
        await open_till(till)
        await come_in(till, kim)
        page = await till.press(await till.get("/sign-out"), "Sign out")

    assert "Who is at the till?" not in page.words
    assert await Till.count() == 0


async def test_when_whoever_opened_a_till_is_disabled_everybody_at_it_is_out():
    kim = await with_pin("Kim")

    async with screen.clerk("Robin") as till:
        await open_till(till)
        await come_in(till, kim)
        await actions.disable(await id_of("Robin"))
        page = await till.get("/stock")

    assert page.url.startswith("/sign-in")
    assert "Kim" not in page.words


async def test_a_pin_is_no_password():
    await with_pin("Kim")

    async with screen.clerk() as till:
        await open_till(till)
        page = await sign_in(till, "Kim", PIN)

    assert page.status == 422
    assert await Session.count() == 0


async def test_the_cart_follows_the_clerk():
    kim = await with_pin("Kim")
    await make.product("MUG", on_hand=9)

    async with screen.clerk("Robin") as till:
        await make.cart(await id_of("Robin"), MUG=2)
        await open_till(till)
        empty = await come_in(till, kim)
        await make.cart(kim, MUG=1)
        page = await till.get("/counter")

    assert "Nothing in this order yet" in empty.words
    assert "1 line, 1 unit" in page.words


async def test_the_session_of_a_pin_has_an_id_of_its_own():
    kim = await with_pin("Kim")

    async with screen.clerk() as till:
        before = till.client.cookies[COOKIE]
        await open_till(till)
        await come_in(till, kim)
        after = [c.value for c in till.client.cookies.jar if c.name == COOKIE and c.domain]
    async with screen.anybody() as thief:
        thief.client.cookies[COOKIE] = before
        stolen = await thief.get("/stock")

    assert before not in after
    assert stolen.url.startswith("/sign-in")
