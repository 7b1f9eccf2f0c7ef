"""For whom units are reserved: what stock knows of orders, through a view, for they stand above."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app import words
from app.database import Arg, Prepared
from app.stock.tables import StockEvent


class Promise(NamedTuple):
    """Units of one product that are reserved for somebody, until a time."""

    order_id: int
    units: int
    said_for: str  # the customer; without one, whoever holds it
    expires_at: datetime | None

    @property
    def said(self) -> str:
        """4 for Mrs Okafor until Tue 18:00."""
        until = f" until {words.time(self.expires_at)}" if self.expires_at else ""
        return f"{words.number(self.units)} for {self.said_for}{until}"


MOST_SAID = 3  # promises in a sentence

_PROMISES = Prepared(
    StockEvent.raw(
        "SELECT order_id, sum(units), said_for, expires_at FROM promise "
        "WHERE product = {} AND order_id <> {} "
        "GROUP BY order_id, said_for, expires_at ORDER BY expires_at, order_id LIMIT {}",
        Arg("product"),
        Arg("but"),
        Arg("most"),
    ),
    Promise,
)


async def of(product: int, *, but: int | None = None, most: int = 1 << 62) -> list[Promise]:
    """For whom units of it are reserved, ``but`` for one order; the first to end first."""
    return await _PROMISES.all(product=product, but=but or 0, most=most)


def said(promises: Sequence[Promise]) -> str:
    """1 for Anna until 14:32 and 4 for Mrs Okafor until 18:00: as a sentence lists them."""
    parts = [promise.said for promise in promises[:MOST_SAID]]
    if rest := sum(promise.units for promise in promises[MOST_SAID:]):
        parts.append(f"{words.number(rest)} for others")
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""
