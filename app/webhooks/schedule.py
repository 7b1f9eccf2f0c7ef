"""When what did not arrive is tried again: soon, then ever more rarely, for three days."""

import random
from datetime import datetime, timedelta

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=1),
    timedelta(days=1),
)
MOST_ATTEMPTS = len(PAUSES) + 1
JITTER = 0.1  # more or less, so that not everything comes back to a receiver at once


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When it is tried again after so many attempts; None when it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + PAUSES[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
