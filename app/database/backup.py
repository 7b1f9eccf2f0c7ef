"""Copies of a running shop, each checked before it counts as one."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


class BadCopy(Exception):
    """A file is no sound copy of a shop; its text says why."""


def copy(database: str, to: Path) -> None:
    """Copy a shop to ``to``, whole or not at all, also while it is being served.

    Raises FileExistsError for a file that is there already, and BadCopy if the copy is not sound.
    """
    if to.exists():
        raise FileExistsError(f"{to} is there already.")
    unfinished = to.with_name(f".{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(mode=0o600)
        with closing(sqlite3.connect(_uri(database, "mode=ro"), uri=True)) as source:
            source.execute("VACUUM INTO ?", (str(unfinished),))
        check(unfinished)
        _sync(unfinished)
        unfinished.rename(to)
        _sync(to.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Raise BadCopy unless the file is a sound database."""
    try:
        with closing(sqlite3.connect(_uri(path, "mode=ro&immutable=1"), uri=True)) as copied:
            (said,) = copied.execute("PRAGMA integrity_check").fetchone()
            dangling = copied.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BadCopy(f"{path}: {error}") from None
    if said != "ok" or dangling:
        raise BadCopy(f"{path}: {said if said != 'ok' else 'a row points to nowhere'}")


def _uri(path: str | Path, options: str) -> str:
    return f"file:{quote(str(path))}?{options}"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
