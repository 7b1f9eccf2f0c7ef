"""A spreadsheet of products, read cell by cell. Whatever is wrong in it is told all at once."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any, NamedTuple

from app import fields, words
from app.errors import Invalid
from app.fields import MOST_UNITS, Checks, sku_key
from app.web.spreadsheet import as_it_was

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_LETTERS = 10_000  # of one cell
MOST_BARCODES = 100  # of one product

# What a spreadsheet makes of a long number in a column that is not formatted as text.
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E\+[0-9]+", re.IGNORECASE)


class Row(NamedTuple):
    """What the sheet says of one product; None where it does not have the column."""

    number: int  # as a spreadsheet shows it: the header is row 1
    sku: str
    name: str
    category: str | None = None
    barcodes: tuple[str, ...] | None = None
    price_cents: int | None = None
    on_hand: int | None = None
    reorder_point: int | None = None


def _barcodes(typed: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(fields.barcode(code) for code in typed.split("|") if code.strip()))
    if len(codes) > MOST_BARCODES:
        raise ValueError(f"A product can have {MOST_BARCODES} barcodes at most.")
    for code in codes:
        if _SHORTENED.fullmatch(code):
            raise ValueError(f"{code} was shortened by a spreadsheet; format the column as text.")
    return codes


def _on_hand(typed: str) -> int:
    return fields.whole(typed, least=0, most=MOST_UNITS, what="The number on hand")


_RULES = {
    "sku": fields.sku,
    "name": fields.name,
    "category": fields.category,
    "barcodes": _barcodes,
    "price": fields.cents,
    "on_hand": _on_hand,
    "reorder_point": fields.reorder_point,
}
TEXTS = {"sku", "name", "category", "barcodes"}
REQUIRED = ("sku", "name")


def read(sheet: bytes) -> list[Row]:
    """Every row that has something in it; raises Invalid with every cell that is wrong."""
    records = _records(sheet)
    columns = _columns(next(records, []))
    check = Checks()
    skus: dict[str, int] = {}
    codes: dict[str, int] = {}
    rows = []
    for number, cells in enumerate(records, 2):
        if not any(map(str.strip, cells)):
            continue
        row = _row(number, columns, cells, check)
        if row.sku and (first := skus.setdefault(sku_key(row.sku), number)) != number:
            check.mistakes[f"row {number}, sku"] = f"{row.sku} stands in row {first} already."
        for code in row.barcodes or ():
            if (first := codes.setdefault(code, number)) != number:
                check.mistakes[f"row {number}, barcodes"] = f"{code} stands in row {first} already."
        rows.append(row)
    check.done()
    return rows


def _records(sheet: bytes) -> Iterator[list[str]]:
    """The cells, row by row, empty rows too."""
    if len(sheet) > MOST_BYTES:
        raise Invalid({"row 1": "The sheet is larger than 10 MB. Bring it in part by part."})
    try:
        text = sheet.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = sheet.count(b"\n", 0, error.start) + 1
        raise Invalid({f"row {number}": "This is not UTF-8. Save it as CSV UTF-8."}) from None
    number = 1  # of the row to be read next
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            if number > MOST_ROWS + 1:
                limit = f"A sheet can have {words.number(MOST_ROWS)} rows at most."
                raise Invalid({f"row {number}": f"{limit} Bring it in part by part."})
            yield cells
            number += 1
    except csv.Error:
        mistake = "A quotation mark is missing, or a cell is far too long."
        raise Invalid({f"row {number}": mistake}) from None


def _columns(header: Sequence[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    mistakes = {
        f"row 1, {name}": "This column is missing." for name in REQUIRED if name not in columns
    }
    for place, name in enumerate(columns, 1):
        if name not in _RULES:
            mistakes[f"row 1, {_shown(name) or f'column {place}'}"] = (
                f"There is no such column. There are {', '.join(_RULES)}, separated by commas."
            )
        elif name in columns[: place - 1]:
            mistakes[f"row 1, {name}"] = "This column is there twice."
    if mistakes:
        raise Invalid(mistakes)
    return columns


def _row(number: int, columns: Sequence[str], cells: Sequence[str], check: Checks) -> Row:
    if any(map(str.strip, cells[len(columns) :])):
        check.mistakes[f"row {number}"] = "There are more cells than columns."
    read: dict[str, Any] = {
        "price_cents" if column == "price" else column: check(
            f"row {number}, {column}", partial(_cell, column), cell
        )
        for column, cell in zip_longest(columns, cells[: len(columns)], fillvalue="")
    }
    return Row(number, **read)


def _cell(column: str, cell: str) -> Any:
    if len(cell) > MOST_LETTERS:
        raise ValueError(f"A cell can have {words.number(MOST_LETTERS)} characters at most.")
    return _RULES[column](as_it_was(cell) if column in TEXTS else cell)


def _shown(name: str) -> str:
    """What can be repeated on a terminal of what stands in a header."""
    return "".join(filter(str.isprintable, name))[:40]
