"""Whoever comes in while a password, a PIN or a till ends: in before it and out with it, or not in.

A hash takes a while to compare, so what was right may be wrong by the time somebody comes in.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from app import clock
from app.accounts import actions
from app.accounts.actions import LinkUsed, NotLetIn, NotYourPassword
from app.accounts.tables import AccessEvent, Clerk, Session, Till
from app.database import DB
from tests import make

AT_ONCE = 8
OLD, NEW, BY_LINK = "never used", "the new one", "by the link"  # hashes


async def come_in(clerk: int) -> object:
    return await actions.sign_in(clerk, password_hash=OLD)


async def change(clerk: int) -> None:
    await actions.change_password(clerk, password_hash=NEW, instead_of=OLD)


async def look_first(clerk: int, looked: asyncio.Event, changed: asyncio.Event) -> None:
    """The careless way: compares, and when it is done only asks whether the clerk is active."""
    assert await make.hash_of(clerk) == OLD
    looked.set()
    await changed.wait()
    now = clock.now()
    ends_at = now + timedelta(hours=1)
    session = Session(digest="x", clerk=clerk, created_at=now, seen_at=now, ends_at=ends_at)

    async def begin() -> None:
        await Session.insert(session)

    await DB.run(begin)


async def at_once(*acts: Awaitable[object]) -> list[type[object]]:
    """What became of each; of what was refused, by which refusal."""
    became = await asyncio.gather(*acts, return_exceptions=True)
    return [type(one) for one in became]


async def till_of(clerk: int) -> int:
    """A till that this clerk has opened."""
    await come_in(clerk)
    (session,) = await Session.select(Session.id).where(Session.clerk == clerk)
    await actions.open_till(session["id"])
    (till,) = await Till.select(Till.id).where(Till.opened_by == clerk)
    return int(till["id"])


async def with_pin(name: str) -> int:
    clerk = await make.clerk(name)
    await actions.set_pin(clerk, pin_hash="the pin", password_hash=OLD)
    return clerk


async def test_whoever_looks_first_is_in_with_a_password_that_is_none_any_more():
    clerk = await make.clerk()
    looked, changed = asyncio.Event(), asyncio.Event()

    careless = asyncio.create_task(look_first(clerk, looked, changed))
    await looked.wait()
    await change(clerk)
    changed.set()
    await careless

    assert await Session.count() == 1


async def test_nobody_stays_in_with_the_password_of_before_a_change():
    clerk = await make.clerk()

    for _ in range(5):
        became = await at_once(
            *(come_in(clerk) for _ in range(AT_ONCE)),
            change(clerk),
            *(come_in(clerk) for _ in range(AT_ONCE)),
        )
        assert set(became) <= {str, NotLetIn, type(None)}
        assert await Session.count() == 0
        await actions.change_password(clerk, password_hash=OLD, instead_of=NEW)


async def test_what_was_the_password_while_it_was_compared_lets_nobody_in():
    clerk = await make.clerk()
    await change(clerk)
    before = await AccessEvent.count()

    with pytest.raises(NotLetIn, match="The name or the password is not right"):
        await come_in(clerk)

    assert (await Session.count(), await AccessEvent.count()) == (0, before)


async def test_a_password_kept_with_older_parameters_takes_the_place_of_no_other():
    clerk = await make.clerk()
    await change(clerk)

    with pytest.raises(NotLetIn):
        await actions.sign_in(clerk, password_hash=OLD, renewed="the old one, kept anew")

    assert await make.hash_of(clerk) == NEW


async def test_of_two_who_change_a_password_at_once_one_is_told_that_it_is_another():
    clerk = await make.clerk()

    became = await at_once(*(change(clerk) for _ in range(AT_ONCE)))

    assert became.count(type(None)) == 1
    assert became.count(NotYourPassword) == AT_ONCE - 1


async def test_a_change_that_a_link_came_before_changes_nothing():
    clerk = await make.clerk()
    link = await actions.invite("Robin")
    await actions.accept(link, name="Robin", password_hash=BY_LINK)

    with pytest.raises(NotYourPassword, match="This is not your password"):
        await change(clerk)
    with pytest.raises(NotYourPassword):
        await actions.set_pin(clerk, pin_hash="the pin", password_hash=OLD)

    (kept,) = await Clerk.select(Clerk.password_hash, Clerk.pin_hash)
    assert kept == {"password_hash": BY_LINK, "pin_hash": ""}


async def test_of_a_change_and_a_link_at_once_one_is_done_and_the_other_told_so():
    clerk = await make.clerk()
    link = await actions.invite("Robin")

    became = await at_once(change(clerk), actions.accept(link, name="Robin", password_hash=BY_LINK))

    assert tuple(became) in {(type(None), LinkUsed), (NotYourPassword, int)}
    assert await make.hash_of(clerk) == (NEW if became[1] is LinkUsed else BY_LINK)


async def test_a_pin_that_was_removed_or_changed_while_it_was_compared_lets_nobody_in():
    till = await till_of(await make.clerk("Robin"))
    kim = await with_pin("Kim")

    for end in (
        actions.set_pin(kim, pin_hash="another", password_hash=OLD),
        actions.remove_pin(kim),
    ):
        await end
        with pytest.raises(NotLetIn, match="The name or the PIN is not right"):
            await actions.sign_in_by_pin(kim, pin_hash="the pin", till=till)

    assert await Session.count() == 0


async def test_nobody_stays_in_at_a_till_that_is_closed_while_they_come():
    robin, kim = await make.clerk("Robin"), await with_pin("Kim")

    for _ in range(5):
        till = await till_of(robin)
        became = await at_once(
            *(actions.sign_in_by_pin(kim, pin_hash="the pin", till=till) for _ in range(AT_ONCE)),
            actions.end_sessions(robin),
            actions.sign_in_by_pin(kim, pin_hash="the pin", till=till),
        )
        assert set(became) <= {str, NotLetIn, type(None)}
        assert (await Session.count(), await Till.count()) == (0, 0)


async def test_no_till_stays_open_that_is_opened_while_its_clerk_is_signed_out():
    robin = await make.clerk("Robin")

    for _ in range(5):
        for _ in range(AT_ONCE):
            await come_in(robin)
        sessions = [row["id"] for row in await Session.select(Session.id)]
        became = await at_once(
            *(actions.open_till(session) for session in sessions[1:]),
            actions.end_sessions(robin),
            actions.open_till(sessions[0]),
        )
        assert set(became) <= {str, type(None)}
        assert (await Session.count(), await Till.count()) == (0, 0)


async def test_a_password_given_again_counts_for_no_session_that_a_new_one_has_ended():
    clerk = await make.clerk()
    await come_in(clerk)
    (session,) = await Session.select(Session.id)
    await change(clerk)

    with pytest.raises(NotYourPassword):
        await actions.note_proof(session["id"])
