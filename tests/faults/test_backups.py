"""C10: backups while eight programs sell; each comes back, with all that was answered before it."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import sleep

import httpx
import pytest

from app.backups.checking import check
from tests import books
from tests.faults.clients import Crowd, till
from tests.faults.shop import fresh
from tests.faults.trials.recovery import GOODS, SKUS
from tests.server import Server, onhand

pytestmark = [pytest.mark.fault, pytest.mark.sqlite]

PASSWORD = "a short sentence is good"  # noqa: S105


class Manager:
    """Priya at a browser, who presses the button."""

    def __init__(self, url: str, link: str) -> None:
        self._client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        form = {"name": "Priya", "password": PASSWORD, "again": PASSWORD}
        self._client.post(link, data=form, headers={"Origin": url}).raise_for_status()
        self._headers = {"Origin": url}

    def back_up(self) -> None:
        """Press, and wait until the page says that it is done."""
        page = self._client.get("/settings/backups").text
        fields = dict(re.findall(r'name="(csrf_token|key)" value="([^"]*)"', page))
        self._client.post("/settings/backups", data=fields, headers=self._headers)
        while "A backup is being made." in (page := self._client.get("/settings/backups").text):
            sleep(0.1)
        assert "The last try failed" not in page

    def close(self) -> None:
        self._client.close()


Taken = list[tuple[Path, frozenset[int]]]  # a backup, and the orders answered before it began


def backups_under_load(
    crowd: Crowd, how_many: int, server: Server, make: Callable[[], Path]
) -> Taken:
    """Sell, and meanwhile make so many backups, one after the other; then stop."""
    taken: Taken = []

    def back_up() -> None:
        crowd.wait_for(10)
        for _ in range(how_many):
            answered = frozenset(wish.order for wish in crowd.placed)
            taken.append((make(), answered))
        assert server.stop() == 0

    asyncio.run(crowd.work(server.url, seconds=0, end=back_up))
    return taken


def missing_in(database: Path, answered: frozenset[int]) -> int:
    """How many orders are not there that were answered before the backup began."""
    with closing(sqlite3.connect(database)) as connection:
        there = {order for (order,) in connection.execute("SELECT id FROM orders")}
    return len(answered - there)


@pytest.fixture
def crowd(tmp_path: Path) -> Crowd:
    return Crowd(fresh(tmp_path, GOODS), 8, SKUS, seed=10)


@pytest.fixture
def server(crowd: Crowd) -> Iterator[Server]:
    server = Server(crowd.shop.path)
    yield server
    server.kill()


def comes_back(taken: Taken, folder: Path) -> None:
    """Each backup is restored where there was nothing, and holds all that was answered before."""
    folder.mkdir()
    for n, (backup, answered) in enumerate(taken):
        database = folder / f"{n}" / "shop.sqlite"
        database.parent.mkdir()
        restored = onhand(database, "restore", str(backup))
        assert restored.returncode == 0, restored.stderr
        assert check(database).findings == []
        assert missing_in(database, answered) == 0
        books.balance(database)
    assert len({len(answered) for _, answered in taken}) == len(taken), "nobody sold meanwhile"
    print(f"{len(taken)} came back whole, {len(taken[-1][1])} orders before the last")  # noqa: T201


def test_backups_made_under_load_all_come_back_whole(
    crowd: Crowd, server: Server, tmp_path: Path, thorough: int
):
    def by_command() -> Path:
        to = tmp_path / f"{len(crowd.placed)}.sqlite"  # of one folder not all fifty would be kept
        made = onhand(crowd.shop.path, "backup", str(to))
        assert made.returncode == 0, made.stderr
        return to

    taken = backups_under_load(crowd, 50 if thorough > 1 else 3, server, by_command)

    comes_back(taken, tmp_path / "restored")
    assert crowd.wrong() == []


def test_backups_made_by_the_button_all_come_back_whole(
    crowd: Crowd, server: Server, tmp_path: Path, thorough: int
):
    folder = tmp_path / "backups"
    priya = Manager(server.url, server.printed[0].removeprefix("Set up: "))

    def by_button() -> Path:
        before = set(folder.glob("*.sqlite"))
        priya.back_up()
        (made,) = set(folder.glob("*.sqlite")) - before
        return made

    taken = backups_under_load(crowd, 20 if thorough > 1 else 2, server, by_button)
    priya.close()

    comes_back(taken, tmp_path / "restored")


def test_a_plain_copy_made_under_load_misses_what_was_answered(
    crowd: Crowd, server: Server, tmp_path: Path
):
    """The losing control: integrity_check finds nothing wrong with it."""

    def by_copying() -> Path:
        crowd.wait_for(10)
        return Path(shutil.copy(crowd.shop.path, tmp_path / f"plain-{len(crowd.placed)}.sqlite"))

    taken = backups_under_load(crowd, 5, server, by_copying)

    missing = [missing_in(path, answered) for path, answered in taken if _is_sound(path)]
    assert sum(missing) > 0
    print(f"plain copies that integrity_check calls sound miss {missing} orders")  # noqa: T201


def _is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            return False


def test_a_restored_shop_is_served_and_its_numbers_go_on(
    crowd: Crowd, server: Server, tmp_path: Path
):
    def by_command() -> Path:
        return Path(onhand(crowd.shop.path, "backup").stdout.strip())

    ((backup, answered),) = backups_under_load(crowd, 1, server, by_command)
    assert onhand(crowd.shop.path, "restore", str(backup)).returncode == 0
    newest = check(crowd.shop.path).newest

    again = Server(crowd.shop.path)
    with till(crowd.shop, again.url) as line:
        ahead = line.get("/v1/events", params={"after": newest.event + 1_000}).json()
        with line.stream(
            "GET", "/v1/events/stream", headers={"Last-Event-ID": f"{newest.event + 1_000}"}
        ) as stream:
            lines = stream.iter_lines()
            sold = line.post("/v1/orders", json={"lines": [{"sku": "MUG-0", "quantity": 1}]})
            heard = next(said for said in lines if said.startswith("id: "))
        old = next(wish for wish in crowd.placed if wish.order in answered)
        replayed = line.post(old.path, json=old.body, headers={"Idempotency-Key": old.key})
    assert again.stop() == 0

    assert ahead == {"items": [], "last_id": newest.event}
    assert sold.json()["id"] == newest.order + 1
    assert heard == f"id: {newest.event + 1}"
    assert (replayed.json()["id"], replayed.headers["idempotency-replayed"]) == (old.order, "true")
    books.balance(crowd.shop.path)
