"""Coming in, as people do."""

import asyncio

from app.accounts import actions, current, queries
from app.accounts.tables import Role
from tests import screen

PASSWORD = "a short sentence is good"  # noqa: S105


async def welcome(
    somebody: screen.Screen, name: str = "Priya", role: Role = Role.CLERK
) -> screen.Page:
    """By a one-time link, with the password of all these tests."""
    code = await actions.invite(name, role)
    page = await somebody.get(f"/welcome/{code}")
    return await somebody.press(page, "Start", {"password": PASSWORD, "again": PASSWORD})


async def sign_in(
    somebody: screen.Screen, name: str = "Priya", password: str = PASSWORD
) -> screen.Page:
    page = await somebody.get("/sign-in?by=password")
    return await somebody.press(page, "Sign in", {"name": name, "password": password})


async def id_of(name: str) -> int:
    known = await queries.known(name)
    assert known is not None
    return known.id


async def settled() -> None:
    """What is done beside the page is done."""
    async with asyncio.timeout(30):
        while current.noting:
            await asyncio.sleep(0.01)
