"""What is typed or scanned into the scan box, understood."""

import re
from typing import NamedTuple

from app import fields


class Scan(NamedTuple):
    """A code or words to search, and how many: ``5*code`` is five, ``*5`` is five of the last.

    ``#4820`` is a hold, by its number.
    """

    code: str
    quantity: int | None = None
    order: str = ""

    @property
    def is_for_last_line(self) -> bool:
        return not self.code and self.quantity is not None


def read(typed: str) -> Scan:
    """Raises ValueError, with a sentence for the clerk, for a quantity that cannot be."""
    text = fields.text(typed, most=100, what="This")
    if match := re.fullmatch(r"#\s*(\d+)", text):
        return Scan("", order=match[1])
    if match := re.fullmatch(r"\*\s*(\d+)", text):
        return Scan("", fields.quantity(match[1]))
    if match := re.fullmatch(r"(\d+)\s*\*\s*(.*)", text):
        return Scan(match[2], fields.quantity(match[1]))
    return Scan(text)
