"""The door, used as plain forms."""

from datetime import timedelta

from app import clock
from app.accounts import actions
from app.accounts.tables import Clerk, Role, Session
from app.web.csrf import COOKIE
from tests import screen
from tests.accounts.door import PASSWORD, sign_in, welcome


async def test_a_link_lets_a_new_clerk_in_once():
    async with screen.anybody() as priya, screen.anybody() as other:
        code = await actions.invite("Priya", Role.MANAGER)
        page = await priya.get(f"/welcome/{code}")
        assert page.typed(f"/welcome/{code}", "name") == "Priya"
        again = await other.get(f"/welcome/{code}")
        page = await priya.press(page, "Start", {"password": PASSWORD, "again": PASSWORD})
        used = await other.press(again, "Start", {"password": PASSWORD, "again": PASSWORD})

    assert page.url == "/counter"
    assert "Priya" in page.words
    assert used.status == 404
    assert "This link was used already, or is too old." in used.words
    assert await Clerk.count() == 1


async def test_a_link_is_good_for_an_hour():
    code = await actions.invite("Priya")

    async with screen.anybody() as priya:
        with clock.at(clock.now() + timedelta(minutes=61)):
            page = await priya.get(f"/welcome/{code}")

    assert page.status == 404
    assert await Clerk.count() == 0


async def test_a_password_is_long_and_typed_twice_alike():
    async with screen.anybody() as priya:
        code = await actions.invite("Priya")
        page = await priya.get(f"/welcome/{code}")
        page = await priya.press(page, "Start", {"password": "short", "again": "shorter"})

    assert page.status == 422
    assert "The password needs 12 characters at least." in page.words
    assert "The two passwords differ." in page.words
    assert page.typed(f"/welcome/{code}", "name") == "Priya"
    assert await Clerk.count() == 0


async def test_a_name_is_there_once_in_whatever_case():
    async with screen.anybody() as priya, screen.anybody() as other:
        await welcome(priya, "Priya")
        page = await other.get(f"/welcome/{await actions.invite('Pria')}")
        typed = {"name": " PRIYA ", "password": PASSWORD, "again": PASSWORD}
        taken = await other.press(page, "Start", typed)

    assert taken.status == 409
    assert "Somebody called PRIYA is here already. Choose another name." in taken.words
    assert await Clerk.count() == 1


async def test_a_link_for_a_clerk_who_is_here_sets_a_new_password_and_ends_the_old_sessions():
    new = "a long sentence is better"

    async with screen.anybody() as priya, screen.anybody() as thief:
        await welcome(thief, "Priya", Role.MANAGER)
        code = await actions.invite("priya")
        page = await priya.get(f"/welcome/{code}")
        before = await thief.get("/stock")
        page = await priya.press(page, "Start", {"password": new, "again": new})
        stolen = await thief.get("/stock")
        old = await sign_in(thief, "Priya", PASSWORD)
        again = await sign_in(thief, "Priya", new)

    assert before.url == "/stock"
    assert page.url == "/counter"
    assert stolen.url.startswith("/sign-in")
    assert old.status == 422
    assert again.url == "/counter"
    (clerk,) = await Clerk.select()
    assert (clerk["name"], clerk["role"]) == ("Priya", "manager")


async def test_a_link_for_a_clerk_who_is_here_is_used_once_and_for_no_other_name():
    new = {"password": "a long sentence is better", "again": "a long sentence is better"}

    async with screen.anybody() as priya, screen.anybody() as other:
        await welcome(other, "Kim")
        await welcome(priya, "Priya")
        code = await actions.invite("Priya")
        page = await priya.get(f"/welcome/{code}")
        await priya.client.post(f"/welcome/{code}", data={"name": "Kim", **new})
        used = await priya.press(page, "Start", new)
        kim = await sign_in(other, "Kim", PASSWORD)

    assert "New password for Priya" in page.words
    assert used.status == 404
    assert kim.url == "/counter"
    assert await Clerk.count() == 2


async def test_a_link_made_before_somebody_had_the_name_does_not_touch_their_password():
    code = await actions.invite("Priya")

    async with screen.anybody() as priya, screen.anybody() as other:
        page = await other.get(f"/welcome/{code}")
        await welcome(priya, "Priya")
        taken = await other.press(
            page, "Start", {"password": PASSWORD[::-1], "again": PASSWORD[::-1]}
        )
        still = await sign_in(priya, "Priya", PASSWORD)

    assert taken.status == 409
    assert still.url == "/counter"


async def test_a_clerk_signs_in_and_out():
    async with screen.anybody() as priya:
        await welcome(priya)
        page = await priya.get("/sign-out")
        page = await priya.press(page, "Sign out")
        assert page.url == "/sign-in"
        page = await priya.get("/stock")
        assert page.url == "/sign-in?next=/stock"
        page = await priya.press(page, "Sign in", {"name": "priya", "password": PASSWORD})

    assert page.url == "/stock"


async def test_signing_in_leads_back_to_the_very_list_that_was_asked_for():
    async with screen.anybody() as priya:
        await welcome(priya)
        await priya.press(await priya.get("/sign-out"), "Sign out")
        for list_ in ("/stock?status=low&search=blue+m%C3%BCg", "/stock?next=//evil.example"):
            page = await priya.get(list_)
            page = await priya.press(page, "Sign in", {"name": "Priya", "password": PASSWORD})
            assert page.url == list_
            await priya.press(await priya.get("/sign-out"), "Sign out")


async def test_signing_out_ends_the_session_for_good():
    async with screen.anybody() as priya, screen.anybody() as thief:
        await welcome(priya)
        thief.client.cookies[COOKIE] = priya.client.cookies[COOKIE]
        await priya.press(await priya.get("/sign-out"), "Sign out")
        page = await thief.get("/stock")

    assert page.url.startswith("/sign-in")
    assert await Session.count() == 0


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike():
    async with screen.anybody() as priya, screen.anybody() as somebody:
        await welcome(priya)
        wrong = await sign_in(somebody, "Priya", "a short sentence is bad")
        unknown = await sign_in(somebody, "Nobody", PASSWORD)

    assert wrong.status == unknown.status == 422
    assert "The name or the password is not right." in wrong.words
    assert wrong.words == unknown.words
    assert wrong.typed("/sign-in", "name") == "Priya"
    assert COOKIE not in somebody.client.cookies


async def test_a_name_that_nobody_can_have_is_answered_as_any_other():
    async with screen.anybody() as somebody:
        for name in ("", "\0", "Pri\0ya", "\u202e", "x" * 9_000, "%_\\'"):
            assert (await sign_in(somebody, name, PASSWORD)).status == 422


async def test_whoever_signs_in_again_leaves_no_session_behind():
    async with screen.anybody() as priya, screen.anybody() as thief:
        await welcome(priya)
        thief.client.cookies[COOKIE] = priya.client.cookies[COOKIE]
        again = await sign_in(priya, "Priya", PASSWORD)
        stolen = await thief.get("/stock")

    assert again.url == "/counter"
    assert stolen.url.startswith("/sign-in")
    assert await Session.count() == 1


async def test_the_address_of_a_link_is_told_to_nobody():
    code = await actions.invite("Priya")
    typed = {"name": "Priya", "password": PASSWORD, "again": PASSWORD}
    hidden = {"origin": "null"}  # which is what becomes of it, where there is no Sec-Fetch-Site

    async with screen.anybody() as priya:
        page = await priya.get(f"/welcome/{code}")
        wrong = await priya.client.post(f"/welcome/{code}", data={"name": ""}, headers=hidden)
        for other_site in ({"sec-fetch-site": "cross-site", **hidden}, {"origin": "http://x"}):
            evil = await priya.client.post(f"/welcome/{code}", data=typed, headers=other_site)
            assert evil.status_code == 403
        came_in = await priya.client.post(f"/welcome/{code}", data=typed, headers=hidden)

    assert page.headers["referrer-policy"] == "no-referrer"
    assert (wrong.status_code, wrong.headers["referrer-policy"]) == (422, "no-referrer")
    assert came_in.url.path == "/counter"
    assert await Clerk.count() == 1


async def test_a_session_is_a_secret_of_the_browser_and_only_its_digest_is_kept():
    async with screen.anybody() as priya:
        await welcome(priya)
        code = priya.client.cookies[COOKIE]

    (session,) = await Session.select()
    assert code not in session.values()
    assert len(code) >= 43


async def test_a_session_chosen_by_somebody_else_is_never_adopted():
    async with screen.anybody() as priya:
        priya.client.cookies[COOKIE] = "chosen"
        await welcome(priya)

        codes = [cookie.value for cookie in priya.client.cookies.jar]

    assert "chosen" not in codes or len(codes) == 2
    assert await Session.count() == 1
    async with screen.anybody() as thief:
        thief.client.cookies[COOKIE] = "chosen"
        assert (await thief.get("/stock")).url.startswith("/sign-in")


async def test_a_session_ends_after_a_shift():
    async with screen.anybody() as priya:
        await welcome(priya)
        with clock.at(clock.now() + timedelta(hours=13)):
            idle = await priya.get("/stock")

    assert idle.url.startswith("/sign-in")


async def test_the_way_back_after_signing_in_never_leads_out_of_the_shop():
    for evil in ("//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0a\n"):
        async with screen.anybody() as priya:
            await actions.invite()
            await welcome(priya, f"Priya {evil!r}")
            await priya.press(await priya.get("/sign-out"), "Sign out")
            page = await priya.get("/sign-in")
            page = await priya.press(
                page, "Sign in", {"name": f"Priya {evil!r}", "password": PASSWORD, "next": evil}
            )

        assert page.url == "/counter"


async def test_a_form_of_another_site_changes_nothing():
    async with screen.clerk() as robin:
        await robin.get("/counter")
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            answer = await robin.client.post("/stock", data={"sku": "MUG"}, headers=headers)
            assert answer.status_code == 403
            assert "This form was sent from another site." in answer.text


async def test_a_form_without_its_sessions_token_changes_nothing():
    async with screen.clerk("Robin") as robin, screen.clerk("Kim") as kim:
        form = await kim.get("/stock/new")
        token = form.typed("/stock", "csrf_token")
        for stolen in ("", token, "x.y"):
            answer = await robin.client.post("/stock", data={"sku": "MUG", "csrf_token": stolen})
            assert answer.status_code == 403
            assert "This page is too old. Load it again, then try once more." in answer.text


async def test_htmx_of_somebody_signed_out_is_led_to_the_door():
    async with screen.anybody() as somebody:
        answer = await somebody.client.get("/counter/hits", headers={"HX-Request-Type": "partial"})

    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"
