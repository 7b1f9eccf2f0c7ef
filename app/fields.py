"""What may be written into a field: the rules that pages, JSON, CSV and the command line share.

Each function takes what was typed and returns what is kept, or raises ValueError with a sentence
for the person who typed it.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from app.errors import Invalid, NotFound

T = TypeVar("T")
V = TypeVar("V")
Choice = TypeVar("Choice", bound=StrEnum)

MOST_UNITS = 1_000_000  # of one product, in one entry
THIN = "\u202f"  # between thousands
MOST_CENTS = 100_000_000_000
LONGEST_WAIT = timedelta(days=366)  # for a delivery

SKU = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_RESERVED_SKUS = {"rows", "new"}  # addresses below /stock
_PUNCTUATION = " \"'`&+-.,;:!?()[]{}*/#%“”‘’«»–—"
_BIDI = {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


class Mistakes(dict[str, str]):
    """What is wrong, field by field; empty for a field that is right."""

    def __missing__(self, field: str) -> str:
        return ""


class Checks:
    """Collects what the rules say against several fields, so that all of it is said at once."""

    def __init__(self) -> None:
        self.mistakes = Mistakes()

    def __call__(self, field: str, rule: Callable[[V], T], value: V) -> T:
        """The value as its rule understands it; not to be used before ``done``."""
        try:
            return rule(value)
        except ValueError as mistake:
            self.mistakes[field] = str(mistake)
            return None  # type: ignore[return-value]

    def done(self) -> None:
        """Raise Invalid if any field had a mistake."""
        if self.mistakes:
            raise Invalid(self.mistakes)


def text(typed: str, *, most: int, what: str, required: bool = False) -> str:
    """One line of text: NFC, without spaces at its ends, without control characters."""
    kept = unicodedata.normalize("NFC", typed).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs"} or c in _BIDI for c in kept):
        raise ValueError(f"{what} holds a character that cannot be shown.")
    if required and not kept:
        raise ValueError(f"{what} is missing.")
    if len(kept) > most:
        raise ValueError(f"{what} can have {most} characters at most.")
    return kept


def sku(typed: str) -> str:
    kept = text(typed, most=64, what="The SKU", required=True)
    if not re.fullmatch(SKU, kept):
        raise ValueError(
            "A SKU is made of letters, digits, dots, dashes and underscores, "
            "and begins with a letter or a digit."
        )
    if kept.lower() in _RESERVED_SKUS:
        raise ValueError(f"{kept} is not free to use as a SKU.")
    return kept


def sku_key(typed: str) -> str:
    """How a SKU is found: without regard to case."""
    return typed.strip().lower()


def name(typed: str) -> str:
    return text(typed, most=200, what="The name", required=True)


def clerk_name(typed: str) -> str:
    return text(typed, most=100, what="The name", required=True)


def is_own_path(address: str) -> bool:
    """Whether it leads to a page of ours, and cannot lead a browser anywhere else."""
    return bool(re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", address)) and "\\" not in address


def category(typed: str) -> str:
    return text(typed, most=100, what="The category")


def session_name(typed: str) -> str:
    """What a count or a delivery is called."""
    return text(typed, most=100, what="The name", required=True)


def chosen(typed: str) -> str:
    """The category or the words by which products are chosen."""
    return text(typed, most=100, what="The choice", required=True)


def note(typed: str) -> str:
    return text(typed, most=2000, what="The note")


def reference(typed: str) -> str:
    return text(typed, most=100, what="The reference")


def customer(typed: str) -> str:
    return text(typed, most=100, what="The customer")


def barcode(typed: str) -> str:
    kept = text(typed, most=64, what="The barcode", required=True)
    if not kept.isascii() or " " in kept:
        raise ValueError("A barcode is letters, digits and signs, without spaces.")
    return kept


def barcodes(typed: str) -> list[str]:
    """Several barcodes, with spaces or ``|`` between them."""
    return [barcode(code) for code in re.split(r"[\s|]+", typed) if code]


def choice(kind: type[Choice], what: str) -> Callable[[str], Choice]:
    """A rule that takes one of the words of ``kind``."""

    def chosen(typed: str) -> Choice:
        try:
            return kind(typed)
        except ValueError:
            raise ValueError(f"Choose {what}.") from None

    return chosen


def whole(typed: str, *, least: int, most: int, what: str) -> int:
    """A whole number as people type it: ``1284``, ``1 284``, ``+3``, ``−3`` with either minus."""
    digits = re.sub(r"[ \u00a0\u2009\u202f]", "", typed).replace("\u2212", "-")
    if not digits:
        raise ValueError(f"{what} is missing.")
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", digits):
        raise ValueError(f"{what} has to be a whole number.")
    number = int(digits)
    if number < least:
        raise ValueError(f"{what} has to be {least:,} or more.".replace(",", THIN))
    if number > most:
        raise ValueError(f"{what} can be {most:,} at most.".replace(",", THIN))
    return number


def id_of(typed: str) -> int:
    """An id in an address; what cannot be one is not found."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", typed):
        raise NotFound("There is no such thing.")
    return int(typed)


def quantity(typed: str) -> int:
    return whole(typed, least=1, most=MOST_UNITS, what="The quantity")


def on_hand(typed: str) -> int:
    return whole(typed, least=0, most=MOST_UNITS, what="The number on hand")


def counted(typed: str) -> int:
    return whole(typed, least=0, most=MOST_UNITS, what="What was counted")


def counted_or_none(typed: str) -> int | None:
    """What was counted; nothing written is not counted."""
    return counted(typed) if typed.strip() else None


def line_note(typed: str) -> str:
    return text(typed, most=1000, what="The note")


def change(typed: str) -> int:
    """By how much the shelf changes, up or down."""
    number = whole(typed, least=-MOST_UNITS, most=MOST_UNITS, what="The change")
    if not number:
        raise ValueError("The change cannot be 0.")
    return number


def quantity_or_zero(typed: str) -> int:
    """The quantity of a line; 0 takes it out."""
    return whole(typed, least=0, most=MOST_UNITS, what="The quantity")


def reorder_point(typed: str) -> int:
    return whole(typed, least=0, most=MOST_UNITS, what="The reorder point")


def due_day(today: date) -> Callable[[str], date]:
    """A rule that takes a day from today on, as browsers send it: ``2026-11-24``."""

    def day(typed: str) -> date:
        if not typed.strip():
            raise ValueError("The day is missing.")
        try:
            due_on = date.fromisoformat(typed.strip())
        except ValueError:
            raise ValueError(f"Write the day like {today.isoformat()}.") from None
        if due_on < today:
            raise ValueError("This day is over.")
        if due_on > today + LONGEST_WAIT:
            raise ValueError("This day is more than a year away.")
        return due_on

    return day


def cents(typed: str) -> int:
    """Money as people type it, ``12.50`` or ``£12.50``, in minor units."""
    plain = re.sub(r"[ \u00a0\u2009\u202f£€$]", "", typed)
    if not plain:
        raise ValueError("The price is missing.")
    if not re.fullmatch(r"[0-9]{1,12}([.,][0-9]{1,2})?", plain):
        raise ValueError("Write the price like 12.50.")
    minor = int(Decimal(plain.replace(",", ".")) * 100)
    if minor > MOST_CENTS:
        raise ValueError("The price is too high.")
    return minor


def plain(words: str) -> str:
    """How names are sorted and searched: lower case, no accents, no punctuation before it."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split()).lstrip(_PUNCTUATION)[:200]
