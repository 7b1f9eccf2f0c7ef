"""What time it is. The one place that asks, so that tests and the demo shop can set the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_set: list[datetime] = []


def now() -> datetime:
    """The time in UTC, with microseconds."""
    return _set[-1] if _set else datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is always ``moment``, for the whole process."""
    _set.append(moment)
    try:
        yield
    finally:
        _set.pop()
