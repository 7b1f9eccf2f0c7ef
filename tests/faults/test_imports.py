"""Two sheets are brought in while eight programs sell: every sale that was told is there."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.faults.load import PLENTY, Load
from tests.server import Server, onhand

pytestmark = pytest.mark.fault

ROWS = 2_000


def test_no_sale_is_lost_while_sheets_are_brought_in(tmp_path: Path):
    load = Load(tmp_path / "shop.sqlite", Random(7))
    server = Server(load.database)
    load.stock_up(server.url)
    file = tmp_path / "sheet.csv"
    renamed = [f"{sku},{sku} renamed,3" for sku in PLENTY]  # and sold at the same time
    new = [f"NEW-{n},New {n},3" for n in range(ROWS)]
    file.write_text("\n".join(["sku,name,reorder_point", *renamed, *new]))

    def two_sheets_at_once() -> None:
        with ThreadPoolExecutor(2) as both:
            run = [both.submit(onhand, load.database, "import", "sheet.csv") for _ in range(2)]
        told = sorted(one.result().stdout.strip().splitlines()[-1] for one in run)
        assert told == [
            f"0 added, 0 changed, {ROWS + len(PLENTY)} unchanged",
            f"{ROWS} added, {len(PLENTY)} changed, 0 unchanged",
        ]
        server.stop()

    asyncio.run(load.sell(server.url, two_sheets_at_once, 0.2))

    load.audit()
    assert sum(wish.is_ok for wish in load.wishes) > 60
