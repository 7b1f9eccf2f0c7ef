"""strace: which calls a program makes, and the one at which it dies."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.server import Server

FILES = "pwrite64,pwritev,fsync,fdatasync,ftruncate,link,unlink,rename"
WRITES = f"{FILES},write,writev,sendto,sendmsg"
SYNCS = "fsync,fdatasync"


class Point(NamedTuple):
    """The nth of one call, in whichever thread comes to it first."""

    call: str
    nth: int
    is_later: bool = False  # when the order was answered already: it is moved into its place

    @property
    def kill(self) -> tuple[str, ...]:
        """What to tell strace."""
        inject = f"inject={self.call}:signal=KILL:when={self.nth}"
        return ("-e", f"trace={self.call}", "-e", inject)


def found(file: Path, *, is_later: bool = False) -> Iterator[Point]:
    """Every call in a trace."""
    most: Counter[str] = Counter()
    calls = re.findall(r"^(\d+) +(\w+)\(", file.read_text(), re.MULTILINE)
    for (_, call), times in Counter(calls).items():
        most[call] = max(most[call], times)
    for call, times in most.items():
        for nth in range(1, times + 1):
            yield Point(call, nth, is_later)


@contextmanager
def traced(server: Server, *how: str) -> Iterator[None]:
    """It is attached to the server meanwhile."""
    command = ["strace", "-f", "-p", f"{server.process.pid}", *how]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr
        assert "attached" in (said := strace.stderr.readline()), said
        try:
            yield
        finally:
            strace.terminate()
