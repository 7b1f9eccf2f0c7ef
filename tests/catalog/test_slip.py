import pytest

from app.catalog.search import is_slip


@pytest.mark.parametrize(
    ("typed", "meant", "is_one"),
    [
        ("mug", "mug", True),
        ("mg", "mug", True),
        ("muug", "mug", True),
        ("mog", "mug", True),
        ("umg", "mug", True),
        ("mgu", "mug", True),
        ("gum", "mug", False),
        ("mo", "mug", False),
        ("m", "mug", False),
        ("", "m", True),
        ("mogg", "mug", False),
        ("abcd", "badc", False),
    ],
)
def test_a_slip_is_one_letter_missing_added_wrong_or_swapped(typed: str, meant: str, is_one: bool):
    assert is_slip(typed, meant) is is_one
    assert is_slip(meant, typed) is is_one
