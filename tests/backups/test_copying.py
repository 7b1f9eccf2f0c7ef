import asyncio
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest

from app.backups import copying, proof
from app.backups.checking import check
from app.backups.copying import NoRoom, copy
from app.database import checkpoints
from app.database.backup import BadCopy
from app.stock import actions as stock
from tests import books, make

pytestmark = pytest.mark.sqlite


def events(path: Path) -> set[int]:
    with closing(sqlite3.connect(path)) as connection:
        return {event for (event,) in connection.execute("SELECT id FROM stock_event")}


async def test_a_copy_made_while_the_shop_sells_holds_all_that_was_acknowledged_before(
    shop: Path, tmp_path: Path
):
    mug = await make.product(on_hand=5)
    acknowledged: set[int] = set()
    is_done = False

    async def keep_receiving() -> None:
        while not is_done:
            acknowledged.add(await stock.receive(mug, 1, actor="test"))

    busy = [asyncio.create_task(keep_receiving()) for _ in range(8)]
    meanwhile = 0
    for n in range(3):
        while len(acknowledged) < 200 * (n + 1):
            await asyncio.sleep(0)
        before = frozenset(acknowledged)
        to = tmp_path / f"copy-{n}.sqlite"

        await asyncio.to_thread(copy, shop, to)

        assert before <= events(to)
        meanwhile += len(acknowledged) - len(before)
        books.balance(to)
    is_done = True
    await asyncio.gather(*busy)
    assert meanwhile > 0  # the shop went on


async def test_a_plain_copy_of_the_file_misses_what_was_acknowledged(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The losing control: the file looks sound, and what was sold last is not in it."""
    monkeypatch.setattr(checkpoints, "PAUSE", 60)
    mug = await make.product(on_hand=5)
    acknowledged = {await stock.receive(mug, 1, actor="test") for _ in range(10)}

    shutil.copy(shop, tmp_path / "plain.sqlite")
    copy(shop, tmp_path / "sound.sqlite")

    check(tmp_path / "plain.sqlite")
    assert not acknowledged & events(tmp_path / "plain.sqlite")
    assert acknowledged <= events(tmp_path / "sound.sqlite")


async def test_a_copy_is_for_its_owner_only_and_leaves_nothing_beside_it(
    shop: Path, tmp_path: Path
):
    folder = tmp_path / "copies"
    folder.mkdir()

    copy(shop, folder / "copy.sqlite")

    assert {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {
        "copy.sqlite": "0o600",
        "copy.sqlite.sha256": "0o600",
    }


async def test_a_file_that_is_there_is_not_overwritten(shop: Path, tmp_path: Path):
    precious = tmp_path / "precious.sqlite"
    precious.write_text("last year")

    with pytest.raises(FileExistsError, match=r"precious\.sqlite is there already\."):
        copy(shop, precious)

    assert precious.read_text() == "last year"


@pytest.mark.parametrize("name", ["a b.sqlite", "50%.sqlite", "what?.sqlite", "no#1.sqlite"])
async def test_any_name_of_a_file_will_do(shop: Path, tmp_path: Path, name: str):
    await make.product("MUG-BLUE", on_hand=5)

    copy(shop, tmp_path / name)
    copy(tmp_path / name, tmp_path / f"again {name}")

    books.balance(tmp_path / f"again {name}")
    assert events(tmp_path / f"again {name}") == events(shop)


def _tear(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8192])


def _write_text(path: Path) -> None:
    path.write_text("This is not a database, whatever its name says." * 100)


def _point_to_nowhere(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            'INSERT INTO order_line ("order", product, quantity, unit_price_cents, returned, '
            "position) VALUES (99, 99, 1, 1, 0, 0)"
        )
        connection.commit()


@pytest.mark.parametrize("damage", [_tear, _shorten, _write_text, _point_to_nowhere])
async def test_a_broken_copy_is_refused(shop: Path, tmp_path: Path, damage):
    sound, broken = tmp_path / "sound.sqlite", tmp_path / "broken.sqlite"
    copy(shop, sound)
    shutil.copy(sound, broken)

    damage(broken)

    check(sound)
    with pytest.raises(BadCopy, match=r"broken\.sqlite: "):
        check(broken)


async def test_a_copy_of_a_broken_shop_is_no_copy(shop: Path, tmp_path: Path):
    broken, folder = tmp_path / "broken.sqlite", tmp_path / "copies"
    copy(shop, broken)
    _point_to_nowhere(broken)
    folder.mkdir()

    with pytest.raises(BadCopy, match="a row of order_line points to nowhere"):
        copy(broken, folder / "copy.sqlite")

    assert list(folder.iterdir()) == []


async def test_a_copy_has_its_digest_and_what_was_found_beside_it(shop: Path, tmp_path: Path):
    mug = await make.product(on_hand=5)
    order = await make.reserved(mug, 2)

    copy(shop, tmp_path / "copy.sqlite")

    digest = sha256((tmp_path / "copy.sqlite").read_bytes()).hexdigest()
    text = (tmp_path / "copy.sqlite.sha256").read_text()
    assert text.startswith(f"{digest}  copy.sqlite\n# ")  # as sha256sum writes it
    proven = proof.read(tmp_path / "copy.sqlite")
    assert proven
    assert (proven.order, proven.event, proven.findings) == (order, 2, 0)


async def test_a_copy_that_lacks_what_was_sold_before_it_began_is_none(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A plain copy, which neither integrity_check nor the audit can tell from a sound one."""
    monkeypatch.setattr(checkpoints, "PAUSE", 60)
    await make.product(on_hand=5)
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setattr(copying, "vacuum_into", lambda shop, to, _: shutil.copy(shop, to))

    with pytest.raises(BadCopy, match=r"it has Newest\(order=0, event=0\), where the shop had"):
        copy(shop, folder / "copy.sqlite")

    assert list(folder.iterdir()) == []


async def test_a_copy_of_a_shop_whose_books_do_not_balance_is_kept_and_says_so(
    shop: Path, tmp_path: Path
):
    """It is as good as the shop, and better than none."""
    broken = tmp_path / "broken.sqlite"
    await make.product(on_hand=5)
    copy(shop, broken)
    with closing(sqlite3.connect(broken)) as connection:
        connection.execute("UPDATE stock_level SET on_hand = 6")
        connection.commit()

    content = copy(broken, tmp_path / "copy.sqlite")

    assert content.findings[0].what == "differs from its log"
    proven = proof.read(tmp_path / "copy.sqlite")
    assert proven
    assert proven.findings == len(content.findings) > 0


async def test_a_copy_that_would_fill_the_disk_is_not_begun(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "copies"
    folder.mkdir()
    disk = shutil.disk_usage(folder)._replace(total=1 << 30, free=50 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)

    with pytest.raises(NoRoom) as refusal:
        copy(shop, folder / "copy.sqlite")

    assert str(refusal.value) == (
        f"There is no room for a copy in {folder}: 50 MB are free, and with what has to stay free "
        "it takes 52 MB."
    )
    assert list(folder.iterdir()) == []


async def test_a_copy_that_is_stopped_leaves_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.database.backup.OFTEN", 10)
    folder, stop = tmp_path / "copies", Event()
    folder.mkdir()
    stop.set()

    with pytest.raises(BadCopy, match="interrupted"):
        copy(shop, folder / "copy.sqlite", stop)

    assert list(folder.iterdir()) == []


async def test_a_digest_that_is_stopped_is_none(shop: Path):
    stop = Event()
    whole = proof.digest(shop, stop)
    stop.set()

    with pytest.raises(BadCopy, match="interrupted"):
        proof.digest(shop, stop)

    assert whole == sha256(shop.read_bytes()).hexdigest()
