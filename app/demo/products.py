"""What the invoices tell about the products on them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median_low
from typing import NamedTuple
from zlib import crc32

from app.demo.invoices import Invoice, Kind
from app.demo.names import category, sentence_case


class Product(NamedTuple):
    """One product as the catalog of the demo shop has it."""

    sku: str
    name: str
    category: str
    price_cents: int
    barcode: str


def products(invoices: Iterable[Invoice]) -> list[Product]:
    """Every product on these invoices, by the name and the price that most of its sales give it."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    prices: dict[str, Counter[int]] = defaultdict(Counter)
    for invoice in invoices:
        for line in invoice.lines:
            names[line.sku][line.description] += line.has_name
            if line.kind is Kind.SALE and line.unit_price_cents:
                prices[line.sku][line.unit_price_cents] += 1
    usual = median_low(_most(counted) for counted in prices.values())
    return [
        _product(sku, named, _most(prices[sku]) if sku in prices else usual)
        for sku, named in sorted(names.items())
    ]


def _product(sku: str, names: Counter[str], price_cents: int) -> Product:
    best = max(names, key=lambda name: names[name])
    name = sentence_case(best) if names[best] else f"Product {sku}"  # never sold, never named
    return Product(sku, name, category(name), price_cents, barcode(sku))


def _most(counted: Counter[int]) -> int:
    """The most frequent one; of several, the lowest."""
    return max(sorted(counted), key=lambda value: counted[value])


def barcode(sku: str) -> str:
    """An EAN-13 as it might be printed on a British product, the same every time."""
    digits = f"50{crc32(sku.encode()):010d}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"
