"""How often one session or one token may ask: so many times in a minute."""

from collections import Counter
from math import ceil
from time import monotonic

from litestar.exceptions import TooManyRequestsException

MINUTE = 60.0  # seconds


class Rate:
    """Counts who asks, minute by minute; without a limit it does not."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._asked: Counter[str] = Counter()
        self._ends = 0.0  # of this minute

    def note(self, who: str) -> None:
        """One request more; raises what is answered 429 when that is too many."""
        if self._most is None:
            return
        now = monotonic()
        if now >= self._ends:
            self._asked.clear()
            self._ends = now + MINUTE
        self._asked[who] += 1
        if self._asked[who] > self._most:
            raise TooManyRequestsException(
                f"This shop answers {self._most} requests a minute. Wait a little.",
                headers={"Retry-After": str(ceil(self._ends - now))},
            )
