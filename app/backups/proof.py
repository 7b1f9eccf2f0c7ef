"""What lies beside a copy and says that it was checked: its SHA-256, and what was found in it.

``sha256sum -c`` reads it as well.
"""

import hashlib
import os
import re
from pathlib import Path
from threading import Event
from typing import NamedTuple

from app.backups.checking import NEVER, Content
from app.database.backup import BadCopy

CHUNK = 1 << 20  # bytes, read at once
TEXT = "{digest}  {name}\n# order {order}, event {event}, {findings} findings\n"
LINES = re.compile(r"([0-9a-f]{64})  [^\n]+\n# order (\d+), event (\d+), (\d+) findings\n")


class Proof(NamedTuple):
    """Of which bytes a copy is, how far its shop had come, how much is wrong with its books."""

    digest: str
    order: int
    event: int
    findings: int


def beside(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.sha256")


def write(path: Path, digest: str, copy: Path, content: Content) -> None:
    """Write it to the disk, as the proof of what will be called ``copy``."""
    text = TEXT.format(
        digest=digest, name=copy.name, findings=len(content.findings), **content.newest._asdict()
    )
    with path.open("w") as file:
        path.chmod(0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(copy: Path) -> Proof | None:
    """The proof of a copy; None where there is none that can be read."""
    try:
        lines = LINES.fullmatch(beside(copy).read_text())
    except (OSError, UnicodeDecodeError):
        return None
    return Proof(lines[1], *map(int, lines.groups()[1:])) if lines else None


def digest(path: Path, stop: Event = NEVER) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if stop.is_set():
                raise BadCopy(f"{path}: interrupted")
            sha256.update(chunk)
    return sha256.hexdigest()
