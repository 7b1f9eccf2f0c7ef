"""Links that nobody has used yet: who made them, and how they end before their hour is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app import clock
from app.accounts import actions, queries
from app.accounts.actions import LinkUsed, NoManager
from app.accounts.tables import AccessEvent, Clerk, Role, Welcome
from app.errors import NotFound
from tests import make, screen
from tests.accounts.door import id_of
from tests.accounts.test_clerks_page import CLERKS, shown

KEPT, HERS = "never used", "hers"  # in place of the hash of a password
SendAway = Callable[[int], Awaitable[None]]


async def become_clerk(manager: int) -> None:
    await actions.change_role(manager, Role.CLERK)


async def open_links() -> int:
    return len(await queries.links())


async def told() -> list[str]:
    """What was written down about links that ended, with why each was made."""
    ended = AccessEvent.kind == "link_withdrawn"
    rows = await AccessEvent.select(AccessEvent.about, AccessEvent.note).where(ended)
    return sorted(f"{row['about']} {row['note']}" for row in rows)


@pytest.mark.parametrize("send_away", [actions.disable, become_clerk])
async def test_no_manager_who_is_sent_away_comes_back_by_a_link_of_her_own(send_away: SendAway):
    grace = await make.clerk("Grace", Role.MANAGER)
    mallory = await make.clerk("Mallory", Role.MANAGER)
    mine = await actions.invite("Kim", made_by=grace)
    with clock.at(clock.now() - timedelta(hours=2)):
        await actions.invite("Never came", made_by=mallory)
    hers = await actions.invite("Mallory the second", Role.MANAGER, made_by=mallory)
    to_be_grace = await actions.invite("Grace", made_by=mallory)
    to_herself = await actions.invite("Mallory", made_by=grace)

    await send_away(mallory)

    for code, name in ((hers, "M"), (to_be_grace, "Grace"), (to_herself, "Mallory")):
        with pytest.raises(LinkUsed, match="This link was used already, or is too old"):
            await actions.accept(code, name=name, password_hash=HERS)
    assert await Clerk.count() == 2
    assert await Clerk.count().where(Clerk.password_hash == HERS) == 0
    assert await told() == [
        "Grace for a new password",
        "Mallory for a new password",
        "Mallory the second for a manager",
    ]
    assert await actions.accept(mine, name="Kim", password_hash=KEPT)


async def test_a_link_that_was_used_ends_those_made_for_the_same_before_and_no_others():
    await make.clerk("Tom")
    await make.clerk("Anna")
    lost, sent = await actions.invite("Tom"), await actions.invite("Tom")
    annas = await actions.invite("Anna")
    await actions.accept(sent, name="Tom", password_hash=KEPT)

    with pytest.raises(LinkUsed, match="This link was used already, or is too old"):
        await actions.accept(lost, name="Tom", password_hash=HERS)

    assert await Clerk.count().where(Clerk.password_hash == HERS) == 0
    assert await actions.accept(annas, name="Anna", password_hash=KEPT)


async def test_no_link_is_made_by_who_was_sent_away_while_asking_for_it():
    await make.clerk("Grace", Role.MANAGER)
    ways: tuple[SendAway, ...] = (actions.disable, become_clerk)
    for n, send_away in enumerate(ways):
        mallory = await make.clerk(f"Mallory {n}", Role.MANAGER)
        await send_away(mallory)
        before = await Welcome.count()

        with pytest.raises(NoManager, match="You are not a manager any more"):
            await actions.invite("Kim", Role.MANAGER, made_by=mallory)

        assert await Welcome.count() == before


async def test_of_links_made_while_their_maker_is_sent_away_none_is_left():
    await make.clerk("Grace", Role.MANAGER)

    for n in range(5):
        mallory = await make.clerk(f"Mallory {n}", Role.MANAGER)
        became = await asyncio.gather(
            *(actions.invite(f"{n}.{i}", made_by=mallory) for i in range(8)),
            actions.disable(mallory),
            *(actions.invite(f"{n}.{i}", made_by=mallory) for i in range(8)),
            return_exceptions=True,
        )
        assert {type(one) for one in became} <= {str, NoManager, type(None)}
        assert await open_links() == 0


async def test_a_manager_sees_who_made_which_link_and_withdraws_one():
    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.anybody() as kim:
        page = await grace.get(CLERKS)
        assert "Links not used yet" not in page.words
        link = shown(await grace.press(page, "Add", {"name": "Kim", "role": "manager"}))
        await actions.invite("Tom")
        page = await grace.get(CLERKS)
        assert "2 links Tom Clerk made by the command line, good until" in page.words
        assert "Kim Manager made by Grace, good until" in page.words
        page = await grace.press(page, "Withdraw the link for Kim")
        opened = await kim.get(link)

    assert page.url == CLERKS
    assert "Tom Clerk made by" in page.words
    assert "Kim" not in page.words
    assert opened.status == 404
    assert await told() == ["Kim for a manager"]


async def test_a_link_that_was_used_or_is_too_old_is_not_withdrawn_and_nothing_changes():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        used = await actions.invite("Kim")
        page = await grace.get(CLERKS)
        await actions.accept(used, name="Kim", password_hash=KEPT)
        refused = await grace.press(page, "Withdraw the link for Kim")
        await actions.invite("Tom")
        (tom,) = await queries.links()
        with clock.at(clock.now() + timedelta(minutes=61)):
            with pytest.raises(NotFound, match="This link was used already, or is too old"):
                await actions.withdraw(tom.id)
            assert await open_links() == 0

    assert refused.status == 404
    assert "This link was used already, or is too old." in refused.words
    assert (await queries.person(await id_of("Kim"))).is_active
    assert await told() == []


async def test_a_link_that_is_used_while_it_is_withdrawn_is_one_of_both():
    for n in range(5):
        code = await actions.invite(f"Kim {n}")
        (link,) = await queries.links()
        became = await asyncio.gather(
            actions.withdraw(link.id),
            actions.accept(code, name=f"Kim {n}", password_hash=KEPT),
            return_exceptions=True,
        )

        used = [type(one) for one in became] == [NotFound, int]
        assert used or [type(one) for one in became] == [type(None), LinkUsed]
        assert await Clerk.exists().where(Clerk.name == f"Kim {n}") == used


async def test_what_managers_see_of_a_link_lets_nobody_in():
    async with screen.clerk("Grace", Role.MANAGER) as grace:
        code = await actions.invite("Kim")
        (kept,) = await Welcome.select(Welcome.digest).where(Welcome.name == "Kim")
        page = await grace.get(CLERKS)

    assert code not in page.html
    assert kept["digest"] not in page.html
