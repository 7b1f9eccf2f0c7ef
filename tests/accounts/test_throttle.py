"""Guessing is slowed down, across a restart as well; nobody is shut out for ever."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from app import clock
from app.accounts import actions
from app.accounts.actions import TooManyTries
from app.accounts.tables import Throttle
from app.database import DB
from tests import screen
from tests.accounts.door import PASSWORD, sign_in, welcome

WRONG = "a short sentence is bad"


async def tries(name: str, *addresses: str) -> int:
    """How many of these tries, one from each address, are let through."""
    let_through = 0
    for address in addresses:
        try:
            await actions.take_try(name, address)
        except TooManyTries:
            continue
        let_through += 1
    return let_through


def addresses(number: int) -> list[str]:
    return [f"10.1.{n // 250}.{n % 250}" for n in range(number)]


async def test_guessing_is_slowed_down_and_forgiven_after_a_while():
    async with screen.anybody() as priya, screen.anybody() as somebody:
        await welcome(priya)
        for _ in range(10):
            await sign_in(somebody, "Priya", WRONG)
        throttled = await sign_in(somebody, "Priya", PASSWORD)
        with clock.at(clock.now() + timedelta(minutes=5)):
            later = await sign_in(somebody, "Priya", PASSWORD)
            again = await sign_in(somebody, "Priya", WRONG)

    assert throttled.status == 429
    assert 290 <= int(throttled.headers["retry-after"]) <= 300
    assert "Too many wrong passwords. Wait 5 minutes, then try again." in throttled.words
    assert later.url == "/counter"
    assert again.status == 422


async def test_guessing_at_once_is_slowed_down_as_guessing_one_by_one():
    guess = {"name": "Priya", "password": WRONG}

    async with screen.anybody() as priya, screen.anybody() as somebody:
        await welcome(priya)
        guesses = [somebody.client.post("/sign-in", data=guess) for _ in range(60)]
        answers = Counter([answer.status_code for answer in await asyncio.gather(*guesses)])

    assert answers == {422: 10, 429: 50}


async def test_an_unknown_name_is_slowed_down_as_a_known_one():
    async with screen.anybody() as somebody:
        pages = [await sign_in(somebody, "Nobody", WRONG) for _ in range(11)]

    assert [page.status for page in pages] == [422] * 10 + [429]


async def test_guesses_at_one_name_from_many_addresses_are_ten_across_a_restart():
    assert await tries("Priya", *addresses(300)) == 10

    await DB.close()  # as a restart would
    await DB.open()

    assert await tries("priya ", *addresses(300)) == 0


async def test_whoever_goes_on_guessing_waits_longer_each_time_but_never_for_ever():
    now = clock.now()
    with clock.at(now):
        await tries("Priya", *addresses(10))
    waits = []

    for _ in range(4):
        with pytest.raises(TooManyTries) as refusal, clock.at(now):
            await actions.take_try("Priya", "10.2.0.1")
        waits.append(refusal.value.retry_after)
        now += timedelta(seconds=refusal.value.retry_after + 1)
        with clock.at(now):
            await actions.take_try("Priya", "10.2.0.1")

    assert [round(wait / 60) for wait in waits] == [5, 10, 15, 15]


async def test_after_a_long_pause_a_name_has_all_its_tries_again():
    await tries("Priya", *addresses(10))

    with clock.at(clock.now() + timedelta(minutes=31)):
        let_through = await tries("Priya", *addresses(20))

    assert let_through == 10


async def test_an_address_that_guesses_many_names_is_slowed_down_for_five_minutes():
    now = clock.now()

    with clock.at(now):
        let_through = [await tries(f"Priya {n}", "10.0.0.1") for n in range(40)]
        elsewhere = await tries("Kim", "10.0.0.2")
    with clock.at(now + timedelta(minutes=5, seconds=1)):
        later = await tries("Kim", "10.0.0.1")

    assert let_through == [1] * 30 + [0] * 10
    assert (elsewhere, later) == (1, 1)


async def test_everybody_together_has_so_many_tries_and_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.accounts.actions.throttling.MOST_OF_ALL", 50)

    let_through = [await tries(f"Priya {n}", f"10.0.0.{n}") for n in range(70)]

    assert sum(let_through) == 50


async def test_a_shop_that_begins_its_day_at_one_address_is_not_slowed_down():
    for n in range(100):
        await actions.take_try(f"Clerk {n}", "10.0.0.1")
        await actions.forgive(f"Clerk {n}", "10.0.0.1")

    assert await tries("Priya", "10.0.0.1") == 1


async def test_what_was_refused_is_not_counted_against_others():
    await tries("Priya", *["10.0.0.1"] * 40)

    assert await tries("Kim", "10.0.0.1") == 1


async def test_what_is_long_over_is_forgotten():
    await tries("Priya", *addresses(20))

    with clock.at(clock.now() + timedelta(minutes=31)):
        await actions.forget_old_tries()

    assert await Throttle.count() == 0
