"""What to buy: a proposal for everything that is low and not on its way."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from app import fields
from app.alerts import queries
from app.alerts.queries import Alert
from app.catalog import queries as catalog

MOST = 500  # products on one list


class Item(NamedTuple):
    """One line of the list."""

    category: str
    alert: Alert
    quantity: int

    @property
    def field(self) -> str:
        """What its quantity is called in the form."""
        return f"q{self.alert.level.id}"


class Purchase(NamedTuple):
    """The list, and what is low and left out of it."""

    items: Sequence[Item]
    ordered: int
    snoozed: int
    is_more: bool

    @property
    def shelves(self) -> list[tuple[str, list[Item]]]:
        """The items by category."""
        return [(name, list(items)) for name, items in groupby(self.items, lambda i: i.category)]


async def proposed() -> Purchase:
    """The most urgent that are neither ordered nor snoozed, each with how many to buy."""
    page = await queries.page(limit=MOST)
    ordered = [alert for alert in page.alerts if alert.care.on_its_way]
    rest = [alert for alert in page.alerts if not alert.care.on_its_way]
    wanted = [alert for alert in rest if not alert.care.snooze]
    items = await _items(wanted, {alert.level.id: alert.proposed for alert in wanted})
    return Purchase(items, len(ordered), len(rest) - len(wanted), page.next is not None)


async def chosen(quantities: Mapping[int, int]) -> Sequence[Item]:
    """So many of each of these products."""
    return await _items(await queries.alerts(list(quantities)), quantities)


async def _items(alerts: Sequence[Alert], quantities: Mapping[int, int]) -> list[Item]:
    """By category, those without one last, and by name in each."""
    categories = await catalog.categories_of([alert.level.id for alert in alerts])
    items = [
        Item(categories[alert.level.id], alert, quantities[alert.level.id]) for alert in alerts
    ]
    return sorted(items, key=_place)


def _place(item: Item) -> tuple[bool, str, str, str]:
    category = item.category
    return not category, fields.plain(category), category, fields.plain(item.alert.level.name)
