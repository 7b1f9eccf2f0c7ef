"""``import`` as it is typed."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from app.commands.progress import progress
from app.database import DB
from app.database.lock import only_one
from tests import books, shops

Import = Callable[..., int]


@pytest.fixture
def path(empty_shop: Path, tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    shops.copy(empty_shop, path)
    return path


@pytest.fixture
def import_(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Import a sheet of these lines; the exit status."""

    def run(*lines: str, options: tuple[str, ...] = ()) -> int:
        file = tmp_path / "sheet.csv"
        file.write_text("\n".join(lines))
        monkeypatch.setattr(sys, "argv", ["onhand", "import", str(file), *options])
        DB.shop = shops.address(path)
        return main()

    return run


def products(path: Path) -> int:
    ((count,),) = shops.rows(path, "SELECT count(*) FROM product")
    return int(count)


def test_the_last_line_is_what_it_did(
    import_: Import, path: Path, capsys: pytest.CaptureFixture[str]
):
    sheet = ("sku,name,on_hand", "MUG,Mug,5", "BOWL,Bowl,0")

    assert import_(*sheet) == 0
    assert import_(*sheet[:2], "BOWL,Bowl,1", "CUP,Cup,1") == 0
    assert import_("name,sku", "Mug,mug") == 0

    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "2 added, 0 changed, 0 unchanged",
        "1 added, 1 changed, 1 unchanged",
        "0 added, 0 changed, 1 unchanged",
    ]
    assert said.err == ""  # and no bar, where there is no terminal
    books.balance(path)


def test_a_dry_run_says_the_same_and_changes_nothing(
    import_: Import, path: Path, capsys: pytest.CaptureFixture[str]
):
    before = path.read_bytes()

    assert import_("sku,name", "MUG,Mug", options=("--dry-run",)) == 0

    assert capsys.readouterr().out == "1 added, 0 changed, 0 unchanged\n"
    assert path.read_bytes() == before


def test_bad_cells_are_listed_up_to_fifty_and_nothing_is_added(
    import_: Import, path: Path, capsys: pytest.CaptureFixture[str]
):
    assert import_("sku,name,price", "CUP,Cup,1.00", *(f"MUG-{n},Mug,x" for n in range(60))) == 1

    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert said.out == ""
    assert lines[0] == "row 3, price: Write the price like 12.50."
    assert lines[49] == "row 52, price: Write the price like 12.50."
    assert lines[50:] == ["... and 10 more"]
    assert products(path) == 0


def test_it_works_beside_a_running_server(import_: Import, path: Path):
    with only_one(str(path)):
        assert import_("sku,name", "MUG,Mug") == 0

    assert products(path) == 1


@pytest.mark.sqlite
def test_a_file_that_is_not_there_is_one_sentence_and_makes_no_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    missing = tmp_path / "missing.csv"
    monkeypatch.setattr(sys, "argv", ["onhand", "import", str(missing)])
    monkeypatch.setattr(DB, "path", str(tmp_path / "none.sqlite"))

    assert main() == 1

    assert capsys.readouterr().err == (
        f"onhand: {missing} cannot be read: No such file or directory.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_a_bar_grows_and_goes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    assert list(progress(["a", "b", "c", "d"])) == ["a", "b", "c", "d"]

    said = capsys.readouterr().err.split("\r")
    assert said[3] == f"[{'#' * 20}{'-' * 20}] 2 of 4"
    assert said[-1] == "\033[K"
