"""How much of the shop a screen has been told: two numbers that only grow."""

import re
from typing import NamedTuple

from app.alerts import care
from app.stock import queries


class Place(NamedTuple):
    """Up to which event of the log, and up to which change of what people do about alerts."""

    event: int
    care: int = 0

    @classmethod
    async def now(cls) -> "Place":
        return cls(await queries.last_event(), await care.changes())

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """What a screen says of itself; None when it is no place."""
        numbers = re.fullmatch(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?", text)
        return cls(int(numbers[1]), int(numbers[2] or 0)) if numbers else None

    def __str__(self) -> str:
        return f"{self.event}.{self.care}"
