"""When it is time for another backup, and what is to be said of the last one."""

from datetime import datetime, timedelta

from app import clock, words
from app.backups import folder
from app.database import DB
from app.settings import settings

PERIOD = timedelta(hours=1)
OLD = timedelta(hours=3)  # after which those who watch over the shop are told


def is_on() -> bool:
    """PostgreSQL is backed up by its own tools."""
    return settings.backups is not None and DB.is_file


def is_due() -> bool:
    now = clock.now()
    return is_on() and not any(now - PERIOD < b.taken_at <= now for b in folder.kept())


def note() -> str:
    """A sentence when the last good backup is old; empty when all is well, or nobody makes any."""
    if not is_on():
        return ""
    last = folder.last_good()
    if last is None:
        return "there is no good backup yet"
    if clock.now() - last.taken_at < OLD:
        return ""
    return f"the last good backup was made {age(last.taken_at)} ago"


def age(moment: datetime) -> str:
    """A moment, 12 minutes, 3 hours, 2 days."""
    minutes = int((clock.now() - moment).total_seconds()) // 60
    for unit, in_one, most in (("minute", 1, 120), ("hour", 60, 48 * 60)):
        if minutes < most:
            return words.plural(minutes // in_one, unit) if minutes > 0 else "a moment"
    return words.plural(minutes // (24 * 60), "day")
