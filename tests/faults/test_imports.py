"""Two sheets are brought in while eight programs sell: every sale that was told is there."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.clients import Crowd
from tests.faults.shop import fresh
from tests.faults.trials.recovery import GOODS, SKUS
from tests.server import Server, onhand

pytestmark = pytest.mark.fault

ROWS = 2_000


def test_no_sale_is_lost_while_sheets_are_brought_in(tmp_path: Path):
    shop = fresh(tmp_path, GOODS)
    crowd = Crowd(shop, 8, SKUS, seed=7)
    server = Server(shop.path)
    file = tmp_path / "sheet.csv"
    renamed = [f"{sku},{sku} renamed,3" for sku in SKUS]  # and sold at the same time
    new = [f"NEW-{n},New {n},3" for n in range(ROWS)]
    file.write_text("\n".join(["sku,name,reorder_point", *renamed, *new]))

    def two_sheets_at_once() -> None:
        crowd.wait_for(20)
        with ThreadPoolExecutor(2) as both:
            run = [both.submit(onhand, shop.path, "import", "sheet.csv") for _ in range(2)]
        first, second = sorted((one.result() for one in run), key=lambda said: said.returncode)
        if second.returncode:  # PostgreSQL waits for a lock no longer than 3 seconds
            assert "cannot do it now, try again" in second.stderr
            second = onhand(shop.path, "import", "sheet.csv")
        told = sorted(said.stdout.strip().splitlines()[-1] for said in (first, second))
        assert told == [
            f"0 added, 0 changed, {ROWS + len(SKUS)} unchanged",
            f"{ROWS} added, {len(SKUS)} changed, 0 unchanged",
        ]
        crowd.wait_for(20)
        server.stop()

    asyncio.run(crowd.work(server.url, seconds=0, end=two_sheets_at_once))

    assert crowd.wrong() == []
