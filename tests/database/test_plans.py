"""No question reads a table from end to end that grows as long as the shop lives."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import app
from app.database import DB, Arg, Prepared

pytestmark = pytest.mark.sqlite

GROWING = "stock_event|orders|order_line|line_return|backorder|lost_sale|answer"
ALIASES = re.compile(
    rf"\b(?:FROM|JOIN|UPDATE)\s+\"?({GROWING})\"?(?:\s+(?!WHERE|SET|JOIN|ON\b)(\w+))?"
)
PARTIAL = {"orders_due", "orders_recalled", "backorder_open"}  # as long as what is open now


def every_query() -> Iterator[Prepared[object]]:
    """Each that a module keeps. Lists, which turn pages with a limit, have tests of their own."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not re.search(r"migrations|__main__|commands|asgi|demo", module.name):
            names = vars(importlib.import_module(module.name)).values()
            yield from (found for found in names if isinstance(found, Prepared))


def names_in(sql: str) -> set[str]:
    """What the growing tables are called in a statement."""
    return {alias or table for table, alias in ALIASES.findall(sql)}


async def test_what_grows_for_ever_is_found_along_an_index():
    read_whole = []
    for query in every_query():
        sql, values, _ = query._compiled
        if sql.startswith("INSERT"):  # its plan shows what a deletion would look up
            continue
        given = [1 if isinstance(value, Arg) else value for value in values]
        for *_, step in await DB.fetch(f"EXPLAIN QUERY PLAN {sql}", given):
            scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$", step)
            if scan and scan[1] in names_in(sql) and scan[2] not in PARTIAL:
                read_whole.append(f"{step}: {sql}")

    assert read_whole == []
