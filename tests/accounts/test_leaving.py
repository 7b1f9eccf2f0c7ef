"""Signing out leaves nothing in the browser."""

from app.web.csrf import COOKIE
from tests import screen


async def test_signing_out_takes_the_cookie_and_what_was_kept_of_our_pages():
    async with screen.clerk() as robin:
        page = await robin.get("/sign-out")
        token = page.typed("/sign-out", "csrf_token")
        form = {"csrf_token": token}
        answer = await robin.client.post("/sign-out", data=form, follow_redirects=False)

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=; Path=/; HttpOnly; SameSite=Lax")
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_no_page_is_kept_by_a_browser():
    async with screen.clerk() as robin, screen.anybody() as somebody:
        for page in (await robin.get("/account"), await somebody.get("/sign-in")):
            assert page.headers["cache-control"] == "no-store"


async def test_the_cookie_is_for_this_site_alone_and_not_for_scripts():
    async with screen.clerk() as robin:
        page = await robin.get("/counter")
        form = {"csrf_token": page.typed("/switch", "csrf_token")}
        answer = await robin.client.post("/switch", data=form, follow_redirects=False)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}-till=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie
