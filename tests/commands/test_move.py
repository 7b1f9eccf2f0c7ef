"""A shop goes from its file into PostgreSQL, once or in several tries, and is the same there."""

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests import books, shops
from tests.server import ONHAND, ROOT, Server, environment, onhand

pytestmark = pytest.mark.postgresql


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A shop in a file, in which something was sold, put aside and sent back."""
    path = tmp_path / "shop.sqlite"
    sheet = tmp_path / "goods.csv"
    sheet.write_text("sku,name,on_hand\n" + "".join(f"MUG-{n},Mug {n},50\n" for n in range(400)))
    assert of_file(path, "import", str(sheet)).returncode == 0
    token = of_file(path, "token", "add", "till").stdout.strip()
    server = Server(path, DATABASE=str(path))
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as till:
        for n in range(20):
            lines = {"lines": [{"sku": f"MUG-{n}", "quantity": 2}]}
            order = till.post("/v1/orders", json=lines | {"expires_in": 900} if n % 2 else lines)
            assert order.status_code == 201
    assert server.stop() == 0
    return path


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """An empty database."""
    path = tmp_path / "there"
    shops.begin(path)
    return path


def of_file(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return onhand(path, *command, DATABASE=str(path))


def moved(file: Path, there: Path) -> subprocess.CompletedProcess[str]:
    return of_file(file, "move", shops.address(there))


def test_it_sells_on_there_with_the_next_number(file: Path, there: Path):
    said = moved(file, there)

    server = Server(there)
    token = onhand(there, "token", "add", "new till").stdout.strip()
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as till:
        order = till.post("/v1/orders", json={"lines": [{"sku": "mug-0", "quantity": 1}]}).json()
    assert server.stop() == 0
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[-1].startswith("moved ")
    assert order["id"] == 21
    assert shops.rows(there, "SELECT on_hand FROM stock_level ORDER BY product LIMIT 1") == [(47,)]
    books.balance(there)


def test_a_second_time_it_is_there_already(file: Path, there: Path):
    first = moved(file, there)
    second = moved(file, there)

    assert (second.returncode, second.stdout) == (0, first.stdout)


@pytest.mark.fault
def test_what_was_cut_off_goes_on(file: Path, there: Path):
    """Cut off again and again, a little later each time, until it is through."""
    whole = moved(file, there)
    shops.discard(there)
    shops.begin(there)
    cuts = 0
    for tenths in range(8, 200, 4):
        with subprocess.Popen(
            [*ONHAND, "move", shops.address(there)],
            cwd=ROOT,
            env=environment(file, DATABASE=str(file)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as moving:
            until = time.monotonic() + tenths / 10
            while moving.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            if moving.poll() is not None:
                break
            os.killpg(moving.pid, signal.SIGKILL)
            cuts += 1

    last = moved(file, there)

    assert cuts > 0
    assert (last.returncode, last.stdout) == (0, whole.stdout)
    books.balance(there)


def test_another_shop_is_not_mixed_into_one(file: Path, there: Path, tmp_path: Path):
    assert moved(file, there).returncode == 0
    before = shops.rows(there, "SELECT count(*), max(id) FROM stock_event")
    other = tmp_path / "other.sqlite"
    (tmp_path / "goods.csv").write_text("sku,name\nBOWL,Bowl\n")
    of_file(other, "import", str(tmp_path / "goods.csv"))

    said = moved(other, there)

    assert (said.returncode, said.stdout) == (1, "")
    assert "holds another shop, or one that was used since: " in said.stderr
    assert shops.rows(there, "SELECT count(*), max(id) FROM stock_event") == before


def test_a_shop_that_was_sold_from_meanwhile_is_refused(file: Path, there: Path):
    assert moved(file, there).returncode == 0
    shops.rows(there, "UPDATE orders SET reference = 'sold there' WHERE id = 1")

    said = moved(file, there)

    assert said.returncode == 1
    assert "orders differs" in said.stderr


@pytest.mark.parametrize("to", ["mysql://somewhere/shop", "elsewhere.sqlite"])
def test_only_postgresql_is_moved_to(file: Path, to: str):
    said = of_file(file, "move", to)

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("onhand: Say where to, like postgresql://")


def test_while_it_is_served_it_is_not_moved(file: Path, there: Path):
    server = Server(file, DATABASE=str(file))
    said = moved(file, there)
    assert server.stop() == 0

    assert said.returncode == 1
    assert "is in use" in said.stderr
