"""What runs low, most urgent first: for the panel, the page of alerts and programs alike."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from app import words
from app.alerts import ranking, urgency
from app.alerts.care import Care, Only, cares
from app.alerts.pace import DAYS, Pace, pace
from app.alerts.sparks import Spark, sparks
from app.alerts.urgency import Urgency
from app.stock import queries as stock
from app.stock.queries import Level

SHOWN = 8  # on the panel; the rest is one link away
PAGE = 50


class Alert(msgspec.Struct, frozen=True):
    """A product that is low, how long it lasts, and what people do about it."""

    level: Level
    sold: int  # units, in fourteen days
    hours: float | None  # until it is empty; None when nobody wants it
    care: Care
    spark: Spark | None = None  # when it is drawn

    @property
    def hours_said(self) -> str:
        """0, 0.5, 3: as exactly as it is worth saying."""
        if self.hours is None:
            return "–"
        if 0 < self.hours < 2:
            return f"{max(self.hours, 0.1):.1f}".removesuffix(".0")
        return words.number(round(self.hours))

    @property
    def proposed(self) -> int:
        """How many to buy: enough for another fourteen days above the reorder point."""
        return max(1, self.level.reorder_point + self.sold - self.level.available)

    @property
    def reason(self) -> str:
        """Why so many are proposed."""
        sold = f"{words.number(self.sold)} sold" if self.sold else "none sold"
        return (
            f"{sold} in {DAYS} days, {words.number(self.level.available)} available, "
            f"reorder point {words.number(self.level.reorder_point)}"
        )

    @property
    def unit(self) -> str:
        if self.hours is None:
            return "none sold"
        return "hour" if self.hours_said == "1" else "hours"


class Page(msgspec.Struct, frozen=True):
    """One page of alerts, and the cursor of the next."""

    alerts: Sequence[Alert]
    next: str | None


async def page(
    *, at: Urgency | None = None, limit: int = PAGE, only: Only | None = None, name: str = ""
) -> Page:
    """What is low from a place on, most urgent first; ``only`` what is cared for, by ``name``."""
    now, known = await pace(), await cares()
    if only is None:
        levels, cursor = await ranking.urgent(now, at=at, limit=limit)
        return Page(_alerts(levels, now, known), cursor)
    cared = [product for product, care in known.items() if only.has(care, name)]
    levels = sorted(await stock.levels(cared), key=lambda level: urgency.of(level, now))
    if at:
        levels = [level for level in levels if urgency.of(level, now) > at]
    cursor = urgency.of(levels[limit - 1], now).cursor if len(levels) > limit else None
    return Page(_alerts(levels[:limit], now, known), cursor)


async def alerts(products: Sequence[int]) -> list[Alert]:
    """These products as alerts, in their order, even those that are no longer low."""
    levels = {level.id: level for level in await stock.levels(products)}
    return _alerts([levels[product] for product in products], await pace(), await cares())


async def alert(product: int) -> Alert:
    """One product as an alert, drawn."""
    (found,) = await drawn(await alerts([product]))
    return found


async def drawn(alerts: Sequence[Alert]) -> list[Alert]:
    """The same, with their last fourteen days to be looked at."""
    lines = await sparks([alert.level for alert in alerts], await pace())
    return [msgspec.structs.replace(alert, spark=lines[alert.level.id]) for alert in alerts]


async def low_stock() -> dict[str, Any]:
    """The panel beside the counter: what is most urgent and not put off."""
    now, known = await pace(), await cares()
    snoozed = {product for product, care in known.items() if care.snooze}
    levels, _ = await ranking.urgent(now, at=None, limit=SHOWN, without=snoozed)
    return {"low_stock": await drawn(_alerts(levels, now, known)), "snoozed": len(snoozed)}


async def counts(name: str) -> dict[Only, int]:
    """How many alerts each way of cutting them leaves."""
    known = (await cares()).values()
    return {only: sum(only.has(care, name) for care in known) for only in Only}


def _alerts(levels: Sequence[Level], now: Pace, known: Mapping[int, Care]) -> list[Alert]:
    return [
        Alert(
            level,
            now.sold.get(level.id, 0),
            now.hours_left(level.id, level.available),
            known.get(level.id, Care()),
        )
        for level in levels
    ]
