"""A list as a spreadsheet: whole, piece by piece, in cells that stay what they are."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from litestar.response import Stream

Cell = str | int | None

BOM = "\ufeff"  # without it Excel takes UTF-8 for the letters of its own country
REST = 0.002  # seconds between two pieces, in which others are served
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def attachment(
    name: str, header: Sequence[str], pieces: AsyncIterator[Iterable[Sequence[Cell]]]
) -> Stream:
    """A CSV file to be saved under this name, sent while it is being read."""

    async def content() -> AsyncIterator[bytes]:
        yield (BOM + lines([header])).encode()
        async for rows in pieces:
            yield lines(rows).encode()
            await asyncio.sleep(REST)

    return Stream(
        content(),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV. A text that a spreadsheet would compute gets an apostrophe before it."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([_safe(cell) for cell in row] for row in rows)
    return sheet.getvalue()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGINS_A_FORMULA) else cell
