"""Two weeks of the demo shop, thought out before they are written.

Nothing is left to chance but the date: at the same moment the same invoices give the same shop.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import NamedTuple

from app.demo.chores import Adjusted, Counted, Received, counts, mishaps
from app.demo.hours import Day, moments, opening_days
from app.demo.invoices import Invoice
from app.demo.products import Product, products
from app.demo.supply import Change, Ending, Supply, can_run_out, supply
from app.words import local

SEED = 1843  # the year of the first Christmas card
CLERKS = ("Priya", "Tom", "Anna", "Grace")
LOW, OUT = 0.024, 0.002  # of all products
DELIVERIES = 3  # of each category
DELIVERED = 0.2  # of its products, each time
SETTING_UP = timedelta(minutes=20)  # before the first day

What = Invoice | Received | Adjusted | Counted


class Happening(NamedTuple):
    """What a clerk did, and when."""

    at: datetime
    actor: str
    what: What


class Plan(NamedTuple):
    """A shop as it opens, and all that happens in it."""

    opens: datetime
    products: Sequence[tuple[Product, Supply]]
    happenings: Sequence[Happening]


def plan(invoices: Sequence[Invoice], now: datetime) -> Plan:
    """All of these invoices within two weeks, the last one just now, and what goes with them."""
    random = Random(SEED)  # noqa: S311 - no secret comes of it
    days = opening_days(now)
    catalog = products(invoices)
    events: list[tuple[datetime, What]] = [
        *zip(moments(days, len(invoices), random), invoices, strict=True),
        *mishaps(days, catalog, random),
        *counts(days, catalog, random),
    ]
    events.sort(key=itemgetter(0))
    courses = _courses(events)
    endings = _endings(courses, len(catalog), random)
    vans = _vans(days, catalog, random)
    supplies = []
    for product in catalog:
        arrivals = {
            day.after(random.uniform(0.02, 0.2)): note
            for day, note in vans[product.category]
            if random.random() < DELIVERED
        }
        ending = endings.get(product.sku, Ending.WELL)
        supplied = supply(product.sku, courses[product.sku], arrivals, ending, random)
        supplies.append((product, supplied))
        events += supplied.deliveries
    happenings = [
        Happening(at, random.choice(_on_duty(at)), what)
        for at, what in sorted(events, key=itemgetter(0))
    ]
    return Plan(days[0].opens - SETTING_UP, supplies, happenings)


def _courses(events: Sequence[tuple[datetime, What]]) -> dict[str, list[Change]]:
    """What happens to each product."""
    courses: dict[str, list[Change]] = defaultdict(list)
    for at, what in events:
        for entry in what.lines if isinstance(what, Invoice) else [what]:
            courses[entry.sku].append(Change(at, entry.change))
    return courses


def _endings(
    courses: Mapping[str, Sequence[Change]], products: int, random: Random
) -> dict[str, Ending]:
    """Which products run low and which run out; all others end well."""
    low, out = round(LOW * products), round(OUT * products)
    able = sorted(sku for sku, course in courses.items() if can_run_out(course))
    chosen = random.sample(able, min(low + out, len(able)))
    return {sku: Ending.OUT if n < out else Ending.LOW for n, sku in enumerate(chosen)}


def _vans(
    days: Sequence[Day], catalog: Sequence[Product], random: Random
) -> dict[str, list[tuple[Day, str]]]:
    """The days on which each category is delivered, and what to write on it."""
    return {
        category: [
            (day, f"Delivery note {random.randint(40_000, 49_999)}")
            for day in random.sample(days, DELIVERIES)
        ]
        for category in sorted({product.category for product in catalog})
    }


def _on_duty(at: datetime) -> Sequence[str]:
    """Two clerks in the morning, the other two in the afternoon; the next day they change."""
    then = local(at)
    shift = (then.toordinal() + (then.hour >= 13)) % 2
    return CLERKS[shift::2]
