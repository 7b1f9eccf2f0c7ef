"""Which passwords and PINs will do; and that the door tells nobody which names there are."""

import sys
from collections.abc import Callable
from functools import partial

import pytest
from argon2 import Parameters, PasswordHasher, Type, extract_parameters

from app.accounts import actions, secrets
from app.accounts.browsers import browser
from app.accounts.common import is_common
from tests import make, screen
from tests.accounts.door import PASSWORD, id_of, sign_in, welcome

MOST_CALLS = 1_000_000  # whoever makes more would never end

COMMON = (
    "password1234",
    "passwordpassword",
    "PASSWORD123!",
    "P4ssw0rd2026!",
    "qwertyuiop12",
    "1qaz2wsx3edc",
    "123456789012",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "abcdefghijkl",
    "qwerty123456",
    "letmein12345",
    "iloveyou1234",
    "football2026!",
    "Welcome12345",
    "adminadmin123",
    "sunshine1234",
    "Liverpool2026",
    "administrator",
    "changeme1234",
    "q1w2e3r4t5y6",
    "superman12345",
    "trustno1trustno1",
    "zxcvbnmasdfgh",
    "onhandonhand",
    "monkeydragon1",
)
GOOD = (
    "a short sentence is good",
    "correct horse battery staple",
    "kettle on the third shelf",
    "Прекрасный день сегодня",
    "vJ8#kq2LpZ0t",
    "        twelve",
    "ten mugs and a bowl, please",
)


@pytest.mark.parametrize("typed", COMMON)
def test_a_common_password_is_refused(typed: str):
    with pytest.raises(ValueError, match="would be guessed soon"):
        secrets.password_of("Robin")(typed)


@pytest.mark.parametrize("typed", GOOD)
def test_any_other_is_kept_as_it_was_typed(typed: str):
    assert secrets.password_of("Robin")(typed) == typed


def test_a_password_is_12_to_256_characters_of_any_kind():
    rule = secrets.password_of("Robin")

    for typed in ("x" * 11, ""):
        with pytest.raises(ValueError, match="12 characters at least"):
            rule(typed)
    with pytest.raises(ValueError, match="256 characters at most"):
        rule("ab cd" * 52)
    assert rule("é" + "kettle on the third shelf " * 9 + "ab")


def test_ones_own_name_is_no_password():
    assert is_common("Oleksandra2026", "Oleksandra")
    assert not is_common("Oleksandra2026", "Robin")


@pytest.mark.parametrize(
    "typed", ["loveme" * 60, "a" * 400, "abcabd" * 60, "qwertyuiop" * 40], ids=lambda t: t[:10]
)
def test_a_password_that_is_four_times_as_long_takes_four_times_the_work(typed: str):
    short, long = (calls(partial(is_common, f"{typed[: n - 2]}!x")) for n in (64, 256))

    assert long < 1.5 * 4 * short


def calls(act: Callable[[], object]) -> int:
    """How many calls are made until it is done: the same number on any machine."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1
        assert count < MOST_CALLS

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def test_what_is_longer_than_any_password_is_not_looked_at(monkeypatch: pytest.MonkeyPatch):
    looked: list[str] = []
    monkeypatch.setattr(secrets, "is_common", lambda typed, _: looked.append(typed))

    for typed in ("x" * 257, "x" * 10_000):
        with pytest.raises(ValueError, match="256 characters at most"):
            secrets.password_of("Robin")(typed)

    assert looked == []


@pytest.mark.parametrize("typed", ["123", "123456789", "12a4", "١٢٣٤", "", "4 71", "-471"])
def test_a_pin_is_4_to_8_digits(typed: str):
    with pytest.raises(ValueError, match="A PIN is 4 to 8 digits"):
        secrets.pin(typed)


@pytest.mark.parametrize("typed", ["0000", "1234", "4321", "88888888", "456789"])
def test_the_first_pins_to_be_tried_are_refused(typed: str):
    with pytest.raises(ValueError, match="would be guessed soon"):
        secrets.pin(typed)


@pytest.mark.usefixtures("real_hashes")
async def test_the_door_does_the_same_work_for_a_name_that_nobody_has(
    monkeypatch: pytest.MonkeyPatch,
):
    verify, work = PasswordHasher.verify, []

    def count(hasher: PasswordHasher, kept: str, typed: str) -> bool:
        work.append(extract_parameters(kept))
        return verify(hasher, kept, typed)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    async with screen.anybody() as priya, screen.anybody() as somebody:
        await welcome(priya)
        for name in ("Priya", "Nobody", "", "Tom"):
            if name == "Tom":
                await make.clerk("Tom", password=PASSWORD)
                await actions.disable(await id_of("Tom"))
            await sign_in(somebody, name, "a short sentence is bad")

    owasp = Parameters(Type.ID, 19, 16, 32, time_cost=2, memory_cost=19_456, parallelism=1)
    assert work == [owasp] * 4


async def test_a_pin_is_set_with_the_password_and_removed():
    async with screen.anybody() as priya:
        await welcome(priya)
        page = await priya.get("/account")
        typed = {"pin": "4711", "pin_again": "4712", "own": "not the password"}
        wrong = await priya.press(page, "Set PIN", typed)
        typed = {"pin": "4711", "pin_again": "4711", "own": "a short sentence is good"}
        set_ = await priya.press(page, "Set PIN", typed)
        removed = await priya.press(set_, "Remove PIN")

    assert wrong.status == 422
    assert "The two PINs differ." in wrong.words
    assert "This is not your password." in wrong.words
    assert "PIN set" in set_.words
    assert "PIN none yet" in removed.words


def test_a_browser_is_called_as_people_call_it():
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"

    assert browser(chrome) == "Chrome on Linux"
    assert browser(f"{chrome} Edg/142.0") == "Edge on Linux"
    assert browser("Mozilla/5.0 (iPhone) AppleWebKit Version/19 Safari/604") == "Safari on iPhone"
    assert browser("") == "Another browser"
