"""How much of the shop a screen has been told: three numbers that only grow."""

import re
from typing import NamedTuple

from app.alerts import care
from app.orders import changes
from app.stock import queries


class Place(NamedTuple):
    """Up to which event of the log, which change of what people do about alerts, and which of
    holds that moved no stock."""

    event: int
    care: int = 0
    hold: int = 0

    @classmethod
    async def now(cls) -> "Place":
        return cls(await queries.last_event(), await care.changes(), await changes.newest())

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """What a screen says of itself; None when it is no place."""
        if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18}){0,2}", text):
            return None
        return cls(*map(int, text.split(".")))

    def __str__(self) -> str:
        return ".".join(map(str, self))
