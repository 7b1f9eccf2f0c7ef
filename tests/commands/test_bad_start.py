"""What lies at the place of the shop and is none, or not all of it: said at once, and untouched."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from app.database import drive
from app.database.lock import only_one
from tests.commands.conftest import Onhand
from tests.server import ROOT, SERVE, Server, environment, onhand

pytestmark = pytest.mark.sqlite

NOBODY = 65534
AS_NOBODY = f"""
import os, sys
from app.__main__ import main
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
sys.argv = ["onhand", "serve", "--port", "0"]
sys.exit(main())
"""

Damage = Callable[[Path], None]


def zero_bytes(database: Path) -> None:
    os.truncate(database, 0)


def text(database: Path) -> None:
    database.write_text("The takings of Monday: " + "12.50, " * 200)


def half(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("INSERT INTO migration (name, app_name) VALUES ('2030', 'stock')")
        connection.commit()


@pytest.fixture
def shop(empty_shop: Path, database: Path) -> Path:
    return Path(shutil.copy(empty_shop, database))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (zero_bytes, "{} is empty, so it is no shop. Restore a backup, or delete it to begin anew"),
        (text, "{} cannot be opened: file is not a database"),
        (half, "{} cannot be opened: database disk image is malformed"),
        (newer, "{} was made by a newer Onhand; use that one"),
    ],
)
@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["migrate"], ["token", "add", "x"]])
def test_what_is_no_whole_shop_is_refused_in_one_sentence_and_not_touched(
    onhand: Onhand, shop: Path, damage: Damage, says: str, command: list[str]
):
    damage(shop)
    before = shop.read_bytes()

    said = onhand(*command)

    assert said == (1, [], [f"onhand: {says.format(shop)}."])
    assert shop.read_bytes() == before


def test_where_a_shop_was_none_is_begun_anew(onhand: Onhand, shop: Path):
    (backup,) = onhand("backup").out
    shop.unlink()

    said = onhand("token", "add", "till")

    assert said == (
        1,
        [],
        [
            f"onhand: There is no shop at {shop}, but there was one: {backup} is left of it. "
            "Restore a backup, or move what is left away to begin anew."
        ],
    )
    assert not shop.exists()


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A shop whose server was killed, so that what came last is in its WAL only."""
    database = tmp_path / "killed" / "shop.sqlite"
    database.parent.mkdir()
    server = Server(database)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as somebody:
        somebody.execute("BEGIN")
        somebody.execute("SELECT * FROM migration").fetchone()  # while he looks, it stays there
        assert onhand(database, "token", "add", "till").returncode == 0
        server.kill()
    assert Path(f"{database}-wal").stat().st_size > 0
    return database


def test_a_shop_whose_wal_was_deleted_is_refused_until_somebody_decides(killed: Path):
    Path(f"{killed}-wal").unlink()

    refused = onhand(killed, "migrate")
    Path(f"{killed}-shm").unlink()
    decided = onhand(killed, "migrate")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"onhand: {killed}-wal is missing, and with it what was sold last. Put it back, or restore "
        f"a backup; to go on without it, delete {killed}-shm.\n"
    )
    assert (decided.returncode, decided.stderr) == (0, "")


def test_a_shop_whose_file_was_deleted_but_not_its_wal_is_not_begun_anew(killed: Path):
    killed.unlink()

    said = onhand(killed, "migrate")

    assert (said.returncode, said.stdout) == (1, "")
    assert f"There is no shop at {killed}, but there was one: {killed}-wal" in said.stderr
    assert not killed.exists()


def test_after_a_kill_the_next_command_needs_no_help(killed: Path):
    said = onhand(killed, "migrate")

    assert (said.returncode, said.stdout) == (0, "up to date already\n")


def test_a_shop_two_versions_old_is_brought_up_to_date_and_says_so(tmp_path: Path):
    database = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript((ROOT / "tests/data/shop-2026-11-21.sql").read_text())

    said = onhand(database, "token", "add", "till")

    (copy,) = (tmp_path / "backups").glob("*.sqlite")
    assert said.returncode == 0
    assert said.stderr == f"onhand: brought up to date; as it was before, it is in {copy}\n"


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_shop_on_a_network_drive_is_refused(
    tmp_path: Path, shop: Path, onhand: Onhand, monkeypatch: pytest.MonkeyPatch, kind: str
):
    before = shop.read_bytes()
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"36 22 0:51 / {str(shop.parent).replace(' ', chr(92) + '040')} rw - {kind} far:/shop rw\n"
    )
    monkeypatch.setattr(drive, "MOUNTS", mounts)

    said = onhand("serve", "--port", "0")
    shop.rename(shop.with_name("aside.sqlite"))
    anew = onhand("token", "add", "till")

    why = (
        f"onhand: {shop} is on a network drive ({kind}), where a shop gets damaged. Keep it on a "
        "disk of this machine, or in PostgreSQL."
    )
    assert (said, anew) == ((1, [], [why]), (1, [], [why]))
    assert shop.with_name("aside.sqlite").read_bytes() == before
    assert not shop.exists()


def test_two_programs_on_one_file(shop: Path, onhand: Onhand):
    with only_one(str(shop)):
        said = onhand("serve", "--port", "0")

    assert said == (1, [], [f"onhand: {shop} is in use by a server or by another command."])


def served_by_nobody(database: Path) -> subprocess.CompletedProcess[str]:
    """What a server says that runs under an account without rights."""
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY],
        cwd=ROOT,
        env=environment(database),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def foreign(empty_shop: Path) -> Iterator[Path]:
    """A shop in a folder of its own, that whoever serves it can come to."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(shutil.copy(empty_shop, f"{folder}/shop.sqlite"))


def read_only_file(database: Path) -> None:
    database.parent.chmod(0o777)
    database.chmod(0o444)


def read_only_folder(database: Path) -> None:
    database.chmod(0o666)
    database.parent.chmod(0o555)


def wrong_owner(database: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to somebody else")
    database.parent.chmod(0o777)
    database.chmod(0o600)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (read_only_file, "{0} cannot be read and written by this account."),
        (
            read_only_folder,
            "{0} cannot be opened: [Errno 13] Permission denied: '{0}.lock'.",
        ),
        (wrong_owner, "{0} cannot be read and written by this account."),
    ],
)
def test_a_shop_that_cannot_be_written_is_refused(foreign: Path, damage: Damage, says: str):
    before = foreign.read_bytes()
    damage(foreign)

    said = served_by_nobody(foreign)
    foreign.parent.chmod(0o755)

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == f"onhand: {says.format(foreign)}\n"
    assert foreign.read_bytes() == before


def test_a_folder_of_backups_that_cannot_be_is_refused_before_anything_is_served(
    shop: Path,
):
    (shop.parent / "notes").write_text("in the way")

    said = subprocess.run(
        [*SERVE, "--port", "0"],
        cwd=ROOT,
        env=environment(shop, BACKUPS="notes"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == (f"onhand: Backups cannot be kept in {shop.parent}/notes: File exists.\n")


def test_a_folder_of_backups_that_is_not_there_closes_no_shop(shop: Path):
    drive = shop.parent / "drive"

    server = Server(shop, BACKUPS=f"{drive}")
    ready = httpx.get(f"{server.url}/readyz")
    status = server.stop()

    checks = {check["name"]: check for check in ready.json()["checks"]}
    assert (ready.status_code, status) == (200, 0)
    assert checks["backup"]["note"] == "there is no good backup yet"
    assert [line["message"] for line in server.complaints()] == [
        f"backup: Backups cannot be kept in {drive}: No such file or directory."
    ]
    assert not drive.exists()
