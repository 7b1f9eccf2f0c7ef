"""The seal at the foot of every page: whether the books balanced when somebody looked last."""

from datetime import timedelta
from time import monotonic

from app import clock, words
from app.books import queries
from app.books.queries import Check
from app.database import DB

NIGHT = 3  # o'clock in the shop, when the books are checked
REREAD = 10.0  # seconds after which another program's check is seen

_read: dict[str, tuple[float, Check | None]] = {}  # of this shop: when it was read, and what


async def seal() -> Check | None:
    """The last check. Read again after a while, and not for every page."""
    read_at, check = _read.get(DB.shop, (-REREAD, None))
    if monotonic() - read_at >= REREAD:
        check = await queries.last()
        _read[DB.shop] = monotonic(), check
    return check


def read_anew() -> None:
    """There is a new one."""
    _read.pop(DB.shop, None)


async def is_due() -> bool:
    """Whether nobody has looked since the night."""
    now, last = words.local(clock.now()), await queries.last()
    night = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return last is None or last.checked_at < (night if night <= now else night - timedelta(1))
