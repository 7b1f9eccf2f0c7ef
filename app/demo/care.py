"""What the clerks of the demo shop do about what runs low, in the last hours of it."""

from datetime import datetime, timedelta

from app import clock, words
from app.alerts import actions as alerts
from app.stock import lists
from app.stock.lists import Sort, Status

LOOKED_AT = 24  # of what is low, the emptiest first


async def look_after(until: datetime) -> None:
    """Most of what is out is on its way, some of the rest is claimed, little of it put off."""
    low = await lists.page(status=Status.LOW, sort=Sort.AVAILABLE, limit=LOOKED_AT)
    for nth, level in enumerate(low.levels):
        with clock.at(until - timedelta(minutes=9 * (LOOKED_AT - nth))):
            if level.is_out and nth % 3 < 2:
                due_on = words.local(until).date() + timedelta(days=2 + nth % 3)
                await alerts.order(level.id, 24 * (nth + 2), due_on, actor="Anna")
            elif nth % 5 == 2:
                await alerts.claim(level.id, actor=("Priya", "Tom")[nth % 2])
            elif nth % 11 == 10:
                await alerts.snooze(level.id, until + timedelta(days=1), actor="Grace")
