"""The real orders behind the demo shop: what a British gift shop wrote, sorted into what it means.

DATA.md, beside this file, says where they come from.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("online_retail_part1.csv")

# Postage, fees, discounts, samples: codes of letters only. And carriage, which is called C2.
_CHARGE = re.compile(r"[A-Z ]+|C2")


class Kind(Enum):
    """What a line does to the shelf."""

    SALE = "sale"
    RETURN = "return"  # a line of a C invoice, which does not say what it cancels
    CORRECTION = "correction"  # the shop's own entry: fewer than before, at best with a remark


class Line(NamedTuple):
    """One product on an invoice."""

    kind: Kind
    sku: str
    change: int  # of the shelf: a sale takes from it
    unit_price_cents: int
    description: str

    @property
    def has_name(self) -> bool:
        """Whether it describes the product. Goods are named in capitals, remarks are not."""
        return any(letter.isupper() for letter in self.description[1:])


class Invoice(NamedTuple):
    """One sheet of paper. Its lines are goods only; one that only held charges has none."""

    number: str
    customer: str  # empty when the shop did not know
    lines: tuple[Line, ...]


@cache
def read(path: Path = FILE) -> tuple[Invoice, ...]:
    """Every invoice, in the order they were written."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_invoices(csv.DictReader(file)))


def _invoices(rows: Iterator[Mapping[str, str]]) -> Iterator[Invoice]:
    for number, sheet in groupby(rows, key=itemgetter("InvoiceNo")):
        written = list(sheet)
        goods = [row for row in written if not _CHARGE.fullmatch(row["StockCode"].upper())]
        yield Invoice(number, written[0]["CustomerID"], tuple(map(_line, goods)))


def _line(row: Mapping[str, str]) -> Line:
    """SKUs that differ only in case are one product; it is written in capitals."""
    quantity = int(row["Quantity"])
    line = Line(
        Kind.SALE,
        row["StockCode"].upper(),
        -quantity,
        int(Decimal(row["UnitPrice"]) * 100),
        " ".join(row["Description"].split()),
    )
    if row["InvoiceNo"].startswith("C"):
        return line._replace(kind=Kind.RETURN)
    if quantity < 0:
        return line._replace(kind=Kind.CORRECTION, change=quantity)
    return line
