"""Commands in this process, as the command line would run them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from app import logs
from app.__main__ import main
from app.database import DB


class Said(NamedTuple):
    status: int
    out: list[str]
    err: list[str]


Onhand = Callable[..., Said]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shop is to be; there is none yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "begin", lambda _: None)  # the log of this process is pytest's
    monkeypatch.setattr(DB, "shop", str(tmp_path / "shop.sqlite"))
    return tmp_path / "shop.sqlite"


@pytest.fixture
def onhand(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Onhand:
    def run(*args: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["onhand", *args])
        status = main()
        said = capsys.readouterr()
        return Said(status, said.out.splitlines(), said.err.splitlines())

    return run
