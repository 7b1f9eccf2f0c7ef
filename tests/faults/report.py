"""What came out, a row for each trial and database: on the screen, and in docs/faults.md."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path

from tests.faults import shop
from tests.server import ROOT

KEPT = ROOT / "docs" / "faults.md"
COLUMNS = (
    "test",
    "what",
    "n",
    "seed",
    "figure",
    "verdict",
    "bug put back",
    "others",
    "version",
    "commit",
)
HEAD = """# The fault battery

Written by `script/faults`: black box over HTTP against the real server, audited in plain SQL.
`n` is how often it was tried; 0 failures of n bound the rate of failure by 3/n at 95 %.
"Bug put back" is what the same test finds on a server that has the bug it is there for; where
it names files, the careless twins that have to lose are in them.
"Others" is how busy other programs kept the machine meanwhile, which the times suffer from: from
40 % on they are told and not judged.

A program that reads at one moment for long keeps SQLite from beginning its WAL anew: beside it the
WAL grows with every order and has no bound, whatever a server does; before and after it has (C6).

"""


DATABASES = ("SQLite", "PostgreSQL")

Key = tuple[str, str]


@dataclass(frozen=True)
class Row:
    id: str
    what: str
    n: str
    seed: str
    figure: str
    verdict: str
    control: str
    others: str
    version: str
    commit: str

    @property
    def is_wrong(self) -> bool:
        return self.verdict == "FAIL"

    @property
    def was_tried(self) -> bool:
        return self.verdict != "skip"

    @property
    def key(self) -> Key:
        """The trial, and on which database."""
        return self.id, self.version.partition(" ")[0]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def head() -> None:
    cores = os.cpu_count()
    say(f"{shop.version()}, Python {platform.python_version()}, {cores} cores, commit {commit()}")


def show(row: Row, wrong: Iterable[str]) -> None:
    say(f"{row.id:<5}{row.verdict:<6}{row.what}: n {row.n}, seed {row.seed}; {row.figure}")
    if row.control:
        say(f"{'':<10}bug put back: {row.control}")
    for what in list(wrong)[:10]:
        say(f"{'':<10}WRONG: {what}")


def commit() -> str:
    """What was tried; with a plus when files differ from it, beside the report itself."""
    report = KEPT.relative_to(ROOT)
    changed = _git("status", "--porcelain", "--", ".", f":(exclude){report}")
    return (_git("rev-parse", "--short", "HEAD") or "?") + ("+" if changed else "")


def _git(*args: str) -> str:
    told = subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def keep(rows: Iterable[Row], order: Iterable[str], path: Path = KEPT) -> None:
    """Write the report anew; rows of trials that were not tried now stay as they are."""
    known = {row.key: row for row in _read(path)}
    known |= {row.key: row for row in rows if row.was_tried or row.key not in known}
    lines = [_line(COLUMNS), _line(["---"] * len(COLUMNS))]
    keys = product(order, DATABASES)
    lines += [_line(astuple(known[key])) for key in keys if key in known]
    path.write_text(HEAD + "\n".join(lines) + "\n")


def _read(path: Path) -> Iterable[Row]:
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == len(COLUMNS) and cells[0] not in {"test", "---"}:
            yield Row(*cells)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
