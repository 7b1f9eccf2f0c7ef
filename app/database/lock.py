"""One server per SQLite file, and no migration under a running one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Locked(Exception):
    """Another program has this shop open."""


@contextmanager
def only_one(database: str) -> Iterator[None]:
    """Hold the shop alone, or raise Locked. The kernel lets go of it even after a kill -9."""
    path = Path(f"{database}.lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked from None
        os.ftruncate(handle, 0)
        yield
    finally:
        os.close(handle)


def note(database: str, address: str) -> None:
    """Whoever holds the shop says where it is served."""
    Path(f"{database}.lock").write_text(address)


def noted(database: str) -> str:
    """Where whoever holds the shop serves it; empty when nobody does."""
    return Path(f"{database}.lock").read_text()
