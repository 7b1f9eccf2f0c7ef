"""Entering invoices that were written elsewhere, through the same actions as everything else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.database import action
from app.demo.invoices import Invoice, Kind, Line
from app.orders import actions as orders
from app.orders.actions import Back, Wanted
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason

# What a remark has to hold to be a reason; anything else is a correction.
_REASONS = {
    "damage": AdjustmentReason.DAMAGED,
    "faulty": AdjustmentReason.DAMAGED,
    "lost": AdjustmentReason.LOST,
    "missing": AdjustmentReason.LOST,
    "found": AdjustmentReason.FOUND,
}


def opening_stock(invoices: Iterable[Invoice]) -> dict[str, int]:
    """The fewest there have to be of each product so that every sale fits."""
    level: Counter[str] = Counter()
    lowest: dict[str, int] = {}
    for invoice in invoices:
        for line in invoice.lines:
            level[line.sku] += line.change
            lowest[line.sku] = min(lowest.get(line.sku, 0), level[line.sku])
    return {sku: -units for sku, units in lowest.items()}


class _Bought(NamedTuple):
    """Units of a product that an order sold and that have not come back."""

    order: int
    units: int


class Replay:
    """Enters one invoice after the other, and remembers who bought what, for what comes back.

    Give it the products by SKU.
    """

    def __init__(self, products: Mapping[str, int]) -> None:
        self._products = products
        self._bought: dict[tuple[str, str], list[_Bought]] = defaultdict(list)

    @action
    async def enter(self, invoice: Invoice, *, actor: str) -> None:
        """Sell, take back and correct what the invoice says: all of it, or nothing."""
        sold = [line for line in invoice.lines if line.kind is Kind.SALE]
        if sold:
            await self._sell(invoice, sold, actor)
        for line in invoice.lines:
            if line.kind is Kind.RETURN:
                await self._take_back(invoice, line, actor)
            elif line.kind is Kind.CORRECTION:
                await self._correct(
                    line, line.change, f"{invoice.number} {line.description}", actor
                )

    async def _sell(self, invoice: Invoice, lines: list[Line], actor: str) -> None:
        order = await orders.place(
            [Wanted(line.sku, -line.change, line.unit_price_cents) for line in lines],
            reference=invoice.number,
            customer=invoice.customer,
            actor=actor,
        )
        if invoice.customer:
            for line in lines:
                bought = self._bought[invoice.customer, line.sku]
                bought.append(_Bought(order.id, -line.change))

    async def _take_back(self, invoice: Invoice, line: Line, actor: str) -> None:
        """A cancellation does not say of what: the customer's latest purchases give way first."""
        bought = self._bought[invoice.customer, line.sku]
        rest = line.change
        while rest and bought:
            order, units = bought.pop()
            back = min(rest, units)
            if back < units:
                bought.append(_Bought(order, units - back))
            await orders.take_back(order, [Back(self._products[line.sku], back)], actor=actor)
            rest -= back
        if rest:
            await self._correct(line, rest, f"{invoice.number}: came back, sale not found", actor)

    async def _correct(self, line: Line, change: int, note: str, actor: str) -> None:
        remark = line.description.lower()
        reason = next(
            (reason for word, reason in _REASONS.items() if word in remark),
            AdjustmentReason.CORRECTION,
        )
        await stock.adjust(
            self._products[line.sku], change, reason=reason, note=note.strip(), actor=actor
        )
