"""A list as a spreadsheet: whole, piece by piece, in cells that stay what they are."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Sequence

from litestar.exceptions import ServiceUnavailableException
from litestar.response import Stream

from app.database import DB

Cell = str | int | None

BOM = "\ufeff"  # without it Excel takes UTF-8 for the letters of its own country
REST = 0.002  # seconds between two pieces, in which others are served
MOST_AT_ONCE = 2  # sheets that are being saved; each keeps the database at work
_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")  # and what looks like one of ours that was made safe
_MADE_SAFE = re.compile(r"'+[=+\-@\t\r\0]")


_under_way: set[object] = set()


def attachment(
    name: str, header: Sequence[str], pieces: AsyncIterator[Iterable[Sequence[Cell]]]
) -> Stream:
    """A CSV file to be saved under this name, sent while it is being read.

    Raises what is answered 503 while others are being saved, as many as may be at once.
    """
    if len(_under_way) >= MOST_AT_ONCE:
        raise ServiceUnavailableException(
            "Other spreadsheets are being saved at this moment. Try again in a minute.",
            headers={"Retry-After": "60"},
        )

    async def piece() -> bytes | None:
        with DB.behind():
            rows = await anext(pieces, None)
        return None if rows is None else lines(rows).encode()

    async def content() -> AsyncIterator[bytes]:
        _under_way.add(pieces)
        try:
            yield (BOM + lines([header])).encode()
            while (rows := await piece()) is not None:
                yield rows
                await asyncio.sleep(REST)
        finally:
            _under_way.discard(pieces)

    return Stream(
        content(),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV. A text that a spreadsheet would compute gets an apostrophe before it.

    Every text is in quotes, so that none ends where another country separates them
    (owasp.org, "CSV Injection").
    """
    sheet = io.StringIO()
    csv.writer(sheet, quoting=csv.QUOTE_NONNUMERIC).writerows(
        [_safe(cell) for cell in row] for row in rows
    )
    return sheet.getvalue()


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def as_it_was(cell: str) -> str:
    """A text out of a sheet of ours, without the apostrophe that kept it from being computed."""
    return cell[1:] if _MADE_SAFE.match(cell) else cell
