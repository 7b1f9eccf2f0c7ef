"""What the clerks of the demo shop do beside selling."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import NamedTuple

from app.demo.hours import Day, moments
from app.demo.products import Product
from app.stock.tables import AdjustmentReason

MISHAPS = 50
COUNTED = 9  # products, late each day

_MISHAPS = (
    (AdjustmentReason.DAMAGED, -1, -2, "Dropped while filling the shelf"),
    (AdjustmentReason.DAMAGED, -1, -3, "Arrived broken, kept for the supplier"),
    (AdjustmentReason.DAMAGED, -2, -6, "Box crushed in the stockroom"),
    (AdjustmentReason.DAMAGED, -1, -1, "A customer knocked it over"),
    (AdjustmentReason.LOST, -1, -2, "Neither on the shelf nor in the stockroom"),
    (AdjustmentReason.THEFT, -1, -1, "Empty wrapping behind the card rack"),
    (AdjustmentReason.FOUND, 1, 4, "Behind the radiator in the stockroom"),
    (AdjustmentReason.FOUND, 1, 6, "Stood on the wrong shelf"),
    (AdjustmentReason.OWN_USE, -1, -2, "For the window"),
    (AdjustmentReason.OWN_USE, -1, -1, "For the photos on the website"),
)
_VARIANCES = (0, 0, 0, 0, 0, 0, 0, -2, -1, -1, 1)


class Received(NamedTuple):
    sku: str
    change: int
    note: str


class Adjusted(NamedTuple):
    sku: str
    change: int
    note: str
    reason: AdjustmentReason


class Counted(NamedTuple):
    sku: str
    change: int  # counted, less what the books said
    note: str


def mishaps(
    days: Sequence[Day], products: Sequence[Product], random: Random
) -> Iterator[tuple[datetime, Adjusted]]:
    """Things break, vanish and turn up again."""
    for moment in moments(days, MISHAPS, random):
        reason, least, most, note = random.choice(_MISHAPS)
        change = random.randint(*sorted((least, most)))
        yield moment, Adjusted(random.choice(products).sku, change, note, reason)


def counts(
    days: Sequence[Day], products: Sequence[Product], random: Random
) -> Iterator[tuple[datetime, Counted]]:
    """Late each day, one shelf is counted; most of it is right."""
    for day in days:
        shelf = random.choice(products).category
        counted = random.sample([p.sku for p in products if p.category == shelf], COUNTED)
        for nth, sku in enumerate(counted):
            variance = random.choice(_VARIANCES)
            yield day.after(0.9 + nth / 200), Counted(sku, variance, f"Cycle count, {shelf}")
