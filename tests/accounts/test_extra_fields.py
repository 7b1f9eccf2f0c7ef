"""A field that a form does not have changes nothing: ids are the session's, roles the link's."""

from typing import Any

from app.accounts import actions, queries
from app.accounts.tables import ApiToken, Clerk, Role
from tests import make, screen
from tests.accounts.door import PASSWORD, id_of, sign_in, welcome

EXTRA = {
    "id": "1",
    "clerk": "1",
    "clerk_id": "1",
    "user_id": "1",
    "role": "manager",
    "is_admin": "1",
    "is_manager": "true",
    "is_active": "1",
    "password_hash": "x",
    "pin_hash": "x",
    "wrong_pins": "0",
    "session": "1",
    "till": "1",
    "digest": "x" * 64,
    "created_by": "Grace",
    "created_at": "2020-01-01",
    "proved_at": "2099-01-01",
    "expires_at": "2099-01-01",
    "_method": "DELETE",
}


async def clerk(name: str) -> dict[str, Any]:
    (row,) = await Clerk.select().where(Clerk.name == name)
    return row


async def test_a_link_makes_what_it_was_made_for():
    await make.clerk("Grace", Role.MANAGER)
    code = await actions.invite("Priya")

    async with screen.anybody() as priya:
        page = await priya.get(f"/welcome/{code}")
        page = await priya.press(page, "Start", {**EXTRA, "password": PASSWORD, "again": PASSWORD})

    made = await clerk("Priya")
    assert page.url == "/counter"
    assert (made["role"], made["id"], made["pin_hash"]) == ("clerk", 2, "")
    assert made["password_hash"].startswith("$argon2id$")


async def test_the_account_is_ones_own_whatever_the_form_says():
    await make.clerk("Grace", Role.MANAGER)
    grace = await clerk("Grace")
    new = "another sentence is good"

    async with screen.anybody() as priya:
        await welcome(priya)
        page = await priya.get("/account")
        pin = {**EXTRA, "pin": "4711", "pin_again": "4711", "own": PASSWORD}
        await priya.press(page, "Set PIN", pin)
        change = {**EXTRA, "old": PASSWORD, "password": new, "again": new}
        await priya.press(await priya.get("/account"), "Change password", change)
        page = await priya.press(await priya.get("/account"), "Sign out everywhere", EXTRA)
        page = await sign_in(priya, password=new)

    assert page.url == "/counter"
    assert await clerk("Grace") == grace
    assert (await clerk("Priya"))["role"] == "clerk"


async def test_a_pin_lets_in_whom_it_belongs_to_and_nobody_else():
    await make.clerk("Grace", Role.MANAGER)

    async with screen.anybody() as priya:
        await welcome(priya)
        await sign_in(priya)
        page = await priya.get("/account")
        token = page.typed("/account/pin", "csrf_token")
        form = {**EXTRA, "csrf_token": token, "proof": PASSWORD}
        for address in ("/settings/clerks", "/settings/tokens", "/settings/clerks/2/role"):
            assert (await priya.client.post(address, data=form)).status_code == 403

    assert (await clerk("Priya"))["role"] == "clerk"
    assert await ApiToken.count() == 0


async def test_a_token_says_who_really_made_it():
    async with screen.clerk("Robin", Role.MANAGER) as robin:
        page = await robin.get("/settings/tokens")
        await robin.press(page, "Create", {**EXTRA, "name": "Web shop"})

    (token,) = await queries.tokens()
    assert (token.created_by, token.scope, token.created_at.year > 2020) == ("Robin", "read", True)
    assert await queries.client("x") is None


async def test_a_clerk_is_added_by_name_and_role_alone():
    async with screen.clerk("Robin", Role.MANAGER) as robin:
        page = await robin.get("/settings/clerks")
        page = await robin.press(page, "Add", {**EXTRA, "name": "Kim", "role": "clerk"})

    assert "comes in as a clerk" in page.words
    assert await queries.known("Kim") is None
    assert await id_of("Robin") == 1
