"""Which passwords and PINs will do; and that the door tells nobody which names there are."""

import statistics
import time

import pytest

from app.accounts import secrets
from app.accounts.browsers import browser
from app.accounts.common import is_common
from tests import screen
from tests.accounts.door import sign_in, welcome

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


def test_looking_at_the_longest_password_takes_no_time():
    began = time.perf_counter()

    for typed in ("loveme" * 42 + "!x", "a" * 255 + "b", "abcabd" * 42):
        is_common(typed)

    assert time.perf_counter() - began < 0.25


@pytest.mark.parametrize("typed", ["123", "123456789", "12a4", "١٢٣٤", "", "4 71", "-471"])
def test_a_pin_is_4_to_8_digits(typed: str):
    with pytest.raises(ValueError, match="A PIN is 4 to 8 digits"):
        secrets.pin(typed)


@pytest.mark.parametrize("typed", ["0000", "1234", "4321", "88888888", "456789"])
def test_the_first_pins_to_be_tried_are_refused(typed: str):
    with pytest.raises(ValueError, match="would be guessed soon"):
        secrets.pin(typed)


@pytest.mark.usefixtures("real_hashes")
async def test_the_door_takes_as_long_for_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.accounts.actions.throttling.MOST_OF_NAME", 1_000)
    monkeypatch.setattr("app.accounts.actions.throttling.MOST_OF_ADDRESS", 1_000)
    took: dict[str, list[float]] = {"Priya": [], "Nobody": []}

    async with screen.anybody() as priya, screen.anybody() as somebody:
        await welcome(priya)
        for _ in range(12):
            for name, times in took.items():
                began = time.perf_counter()
                await sign_in(somebody, name, "a short sentence is bad")
                times.append(time.perf_counter() - began)

    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.6 < known / unknown < 1.7


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
