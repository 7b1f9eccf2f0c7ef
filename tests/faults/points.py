"""A command that is killed at any of the calls by which it changes a file."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from tests.server import ONHAND, environment

CALLS = "pwrite64,fsync,fdatasync,ftruncate,unlink,rename"
STRACE = ("strace", "-f", "-qq", "-e", f"trace={CALLS}")


class Point(NamedTuple):
    """The nth of one call, in whichever thread comes to it first: strace counts each by itself."""

    call: str
    nth: int


def skip_without_strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


def points(thorough: int, database: Path, *args: str) -> list[Point]:
    """Run the command whole, and say where it can be killed: everywhere, or at four by chance."""
    trace = database.parent / "trace"
    _run(database, args, "-o", str(trace))
    made = Counter(re.findall(r"^(\d+) (\w+)\(", trace.read_text(), re.MULTILINE))
    most: dict[str, int] = {}
    for (_, call), count in made.items():
        most[call] = max(count, most.get(call, 0))
    everywhere = [Point(call, n) for call, count in most.items() for n in range(1, count + 1)]
    if thorough > 1:
        return everywhere
    return [*Random(9).sample(everywhere, 3), Point("rename", most["rename"])]


def killed_at(point: Point, database: Path, *args: str) -> bool:
    """Run a command that dies at a point; whether it came so far."""
    how = f"inject={point.call}:signal=KILL:when={point.nth}"
    return _run(database, args, "-o", "/dev/null", "-e", how) != 0


def fails_from(nth: int, database: Path, *args: str) -> bool:
    """Run a command on a disk that is full from its nth write on; whether it came so far."""
    how = f"inject=pwrite64:error=ENOSPC:when={nth}+"
    return _run(database, args, "-o", "/dev/null", "-e", how) != 0


def _run(database: Path, args: tuple[str, ...], *how: str) -> int:
    return subprocess.run(
        [*STRACE, *how, *ONHAND, *args],
        cwd=database.parent,
        env=environment(database),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode
