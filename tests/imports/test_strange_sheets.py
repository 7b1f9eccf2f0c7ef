"""Sheets as spreadsheets, accidents and malice make them: read right, or refused by cell."""

import io
import zipfile

import pytest

from app.catalog import queries as catalog
from app.errors import Invalid
from app.imports import sheet
from app.imports.actions import bring_in
from app.imports.queries import Outcome
from app.stock import queries as stock
from app.web import spreadsheet
from tests import make

HEADER = "sku,name,on_hand"


def packed() -> bytes:
    with zipfile.ZipFile(box := io.BytesIO(), "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return box.getvalue()


REFUSED = {
    "UTF-16": (f"{HEADER}\nMUG,Müg,3".encode("utf-16"), "row 1"),
    "UTF-16 without a mark": (f"{HEADER}\nMUG,Mug,3".encode("utf-16-le"), "row 1, sku"),
    "Latin-1": (f"{HEADER}\nMUG,Müg,3".encode("latin-1"), "row 2"),
    "a packed workbook": (packed(), "row"),
    "semicolons": (b"sku;name;on_hand\nMUG;Mug;3", "row 1, sku;name;on_hand"),
    "a quote that never ends": (f'{HEADER}\nMUG,"Mug,3\n'.encode() + b"A,B,1\n" * 30_000, "row 2"),
    "a cell of a megabyte": (f"{HEADER}\nMUG,{'x' * 1_000_000},3".encode(), "row 2"),
    "a cell of 10,001 characters": (f"{HEADER}\nMUG,{'x' * 10_001},3".encode(), "row 2, name"),
    "NUL": (f"{HEADER}\nMUG,Mu\0g,3".encode(), "row 2, name"),
    "a direction": (f"{HEADER}\nMUG,Mug\u202eguM,3".encode(), "row 2, name"),
    "less than nothing": (f"{HEADER}\nMUG,Mug,-3".encode(), "row 2, on_hand"),
    "a formula for a number": (f"{HEADER}\nMUG,Mug,=1+1".encode(), "row 2, on_hand"),
    "an apostrophe before a number": (f"{HEADER}\nMUG,Mug,'+3".encode(), "row 2, on_hand"),
    "a product twice": (f"{HEADER}\nMUG,Mug,3\nmug,Mug,4".encode(), "row 3, sku"),
    "too many rows": (f"{HEADER}\n".encode() + b"A,B,1\n" * 50_001, "row 50002"),
    "too many bytes": (f"{HEADER}\n".encode() + b" " * 10 * 1024 * 1024, "row 1"),
    "nothing": (b"", "row 1, sku"),
}


@pytest.mark.parametrize(("content", "place"), REFUSED.values(), ids=REFUSED)
def test_a_sheet_that_cannot_be_meant_is_refused_where_it_is_wrong(content: bytes, place: str):
    with pytest.raises(Invalid) as refusal:
        sheet.read(content)

    assert any(found.startswith(place) for found in refusal.value.mistakes), refusal.value.mistakes
    assert len(str(refusal.value)) < 1_000


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + f"{HEADER}\r\nMUG,Müg,3\r\n".encode(),
        f"{HEADER}\r\nMUG,Müg,3\n\n,,\r\n".encode(),
        '"sku","name","on_hand"\n"MUG","Müg","3"'.encode(),
        f"{HEADER}\nMUG,Mu\u0308g,3".encode(),
    ],
    ids=["a mark at the beginning", "mixed ends of lines", "everything quoted", "another ü"],
)
async def test_a_sheet_that_is_only_written_otherwise_says_the_same(content: bytes):
    outcome = await bring_in(sheet.read(content), actor="import")

    level = await stock.level_by_sku("MUG")
    assert (outcome, level.name, level.on_hand) == (Outcome(1, 0, 0), "Müg", 3)


async def test_one_bad_row_in_ten_and_nothing_of_the_others_is_there():
    rows = [f"MUG-{n},Mug,{'many' if n % 10 == 0 else n}" for n in range(200)]

    with pytest.raises(Invalid) as refusal:
        await bring_in(sheet.read("\n".join([HEADER, *rows]).encode()), actor="import")

    assert list(refusal.value.mistakes) == [f"row {n + 2}, on_hand" for n in range(0, 200, 10)]
    assert await stock.last_event() == 0


@pytest.mark.parametrize(
    "name", ["=1+1", "'=1+1", "''-x", "+44 mug", "@home", "-", "'quoted'", "'"]
)
async def test_a_name_goes_out_safely_and_comes_back_as_it_was(name: str):
    await make.product("MUG", name=name)
    out = spreadsheet.lines([["sku", "name"], ["MUG", name]])

    outcome = await bring_in(sheet.read(out.encode()), actor="import")

    assert not out.splitlines()[1].partition(",")[2].startswith(("=", "+", "-", "@"))
    assert outcome == Outcome(added=0, changed=0, unchanged=1)
    level = await stock.level_by_sku("MUG")
    assert (await catalog.product(level.id)).name == name


async def test_the_same_sheet_a_second_time_changes_nothing():
    content = "\n".join([HEADER, *(f"MUG-{n},Mug,{n}" for n in range(100))]).encode()

    await bring_in(sheet.read(content), actor="import")
    last = await stock.last_event()
    again = await bring_in(sheet.read(content), actor="import")

    assert (again, await stock.last_event()) == (Outcome(0, 0, 100), last)
