"""A command that is killed at the nth call by which it changes a file."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.server import ONHAND, environment

CALLS = "pwrite64,fsync,fdatasync,ftruncate,unlink,rename"
STRACE = ("strace", "-f", "-qq")


def skip_without_strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


def killed_at(nth: int, database: Path, *args: str) -> bool:
    """Run a command that dies at its nth call; whether it came so far.

    Calls are counted for each thread by itself.
    """
    return _run(database, args, "-e", f"inject={CALLS}:signal=KILL:when={nth}") != 0


def fails_from(nth: int, database: Path, *args: str) -> bool:
    """Run a command on a disk that is full from its nth write on; whether it came so far."""
    return _run(database, args, "-e", f"inject=pwrite64:error=ENOSPC:when={nth}+") != 0


def points(thorough: int, last: int) -> Iterator[int]:
    """Every point of so many when it is thorough, else a few of them, by chance."""
    few = sorted(Random(9).sample(range(1, last), 3))
    yield from range(1, last) if thorough > 1 else few


def _run(database: Path, args: tuple[str, ...], *how: str) -> int:
    return subprocess.run(
        [*STRACE, "-o", "/dev/null", "-e", f"trace={CALLS}", *how, *ONHAND, *args],
        cwd=database.parent,
        env=environment(database),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode
