"""Lists as spreadsheets: cells that stay what they are."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar.exceptions import ServiceUnavailableException

from app.web import spreadsheet

COMPUTED = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "=", "-", "'=1", "''+1"]


@pytest.mark.parametrize("text", COMPUTED)
def test_a_text_that_would_be_computed_is_told_to_be_text(text: str):
    (cells,) = read(spreadsheet.lines([[text]]))

    assert cells == ["'" + text]
    assert spreadsheet.as_it_was(cells[0]) == text


@pytest.mark.parametrize("text", ["", "1", "a=1", " =1", "'a", "'", "–5", "Ä, “b”\n;c", '"', "☃"])
def test_any_other_text_comes_back_as_it_was(text: str):
    assert read(spreadsheet.lines([["a", text]])) == [["a", text]]
    assert spreadsheet.as_it_was(text) == text


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert spreadsheet.lines([[-3, 0, None, 1284]]) == '-3,0,"",1284\r\n'


async def test_two_are_saved_at_once_and_no_third_one():
    first, second = saved(), saved()
    for sheet in (first, second):
        await anext(sheet)

    with pytest.raises(ServiceUnavailableException, match="Other spreadsheets are being") as told:
        saved()
    assert told.value.headers == {"Retry-After": "60"}

    assert len([piece async for piece in first]) == 3
    await second.aclose()  # who had it left
    third, fourth = saved(), saved()
    assert len([piece async for piece in third]) == len([piece async for piece in fourth]) == 4


def saved() -> Any:
    """A sheet that is sent, as its pieces: its head, and three rows."""

    async def rows() -> AsyncIterator[list[list[str]]]:
        for n in range(3):
            yield [[f"{n}"]]

    return spreadsheet.attachment("list.csv", ["n"], rows()).iterator


def read(sheet: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sheet, newline="")))
