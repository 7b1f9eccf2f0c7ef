"""Managers who step down at the same moment: one stays."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from app.accounts import actions, queries
from app.accounts.actions import LastManager
from app.accounts.tables import Clerk, Role
from app.database import DB
from tests import make

MANAGERS = 12
StepDown = Callable[[int], Awaitable[None]]


async def look_first(clerk: int, looked: asyncio.Barrier) -> None:
    """The careless way: counts the others, and writes once all have counted, the worst moment."""
    others = [p for p in await queries.persons() if p.is_manager and p.is_active and p.id != clerk]
    if not others:
        raise LastManager("Nobody")
    await looked.wait()

    async def write() -> None:
        await Clerk.update({Clerk.role: Role.CLERK}).where(Clerk.id == clerk)

    await DB.run(write)


async def managers_left(*step_down: StepDown) -> int:
    clerks = [await make.clerk(f"Manager {n}", Role.MANAGER) for n in range(MANAGERS)]

    await asyncio.gather(
        *(step_down[n % len(step_down)](clerk) for n, clerk in enumerate(clerks)),
        return_exceptions=True,
    )

    return sum(p.is_manager and p.is_active for p in await queries.persons())


async def become_clerk(clerk: int) -> None:
    await actions.change_role(clerk, Role.CLERK)


async def test_whoever_looks_first_leaves_the_shop_without_a_manager():
    assert await managers_left(partial(look_first, looked=asyncio.Barrier(MANAGERS))) == 0


async def test_of_many_managers_who_step_down_at_once_one_stays():
    assert await managers_left(become_clerk) == 1


async def test_of_many_managers_who_are_disabled_or_step_down_at_once_one_stays():
    assert await managers_left(become_clerk, actions.disable) == 1
