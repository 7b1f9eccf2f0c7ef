"""A command that is killed at any of the calls by which it changes a file."""

import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.faults.trials.strace import FILES, Point, found
from tests.server import ONHAND, environment

STRACE = ("strace", "-f", "-qq", "-e", f"trace={FILES}")


def skip_without_strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


def points(thorough: int, database: Path, *args: str) -> list[Point]:
    """Run the command whole, and say where it can be killed: everywhere, or at four by chance."""
    trace = database.parent / "trace"
    _run(database, args, "-o", str(trace))
    everywhere = list(found(trace))
    if thorough > 1:
        return everywhere
    last = [point for point in everywhere if point.call == "rename"][-1:]
    return [*Random(9).sample(everywhere, 3), *last]


def killed_at(point: Point, database: Path, *args: str) -> bool:
    """Run a command that dies at a point; whether it came so far."""
    return _run(database, args, "-o", "/dev/null", *point.kill) != 0


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
