"""What every client asked and what it was told: one file of JSON lines for each of them.

A wish that was answered 2xx is ``ok``, one answered 4xx is ``refused`` and has no effect; anything
else is ``unknown``: it may have happened or not.
"""

from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

PLACED = {"sell", "reserve"}  # kinds of wishes that make an order


class Result(StrEnum):
    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Wish(msgspec.Struct):
    """One thing that a client wants, under a key that the shop keeps with it."""

    key: str
    kind: str
    path: str
    body: dict[str, Any]
    order: int = 0  # the order that it ends; or, when answered, the one that it made
    status: int = 0  # the last answer; 0 for none

    @property
    def result(self) -> Result:
        return result_of(self.status)


class Attempt(msgspec.Struct):
    """One line: a wish was sent once."""

    key: str
    kind: str
    body: dict[str, Any]
    hash: str
    order: int
    start: float
    end: float
    status: int
    result: Result
    answer: int  # the id of what was made

    @property
    def seconds(self) -> float:
        return self.end - self.start


def result_of(status: int) -> Result:
    if 200 <= status < 300:
        return Result.OK
    return Result.REFUSED if 400 <= status < 500 else Result.UNKNOWN


class History:
    """The log of one client."""

    def __init__(self, folder: Path, client: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{client}.jsonl"

    def note(self, wish: Wish, start: float, end: float, answer: int = 0) -> None:
        asked = msgspec.json.encode(wish.body)
        line = Attempt(
            wish.key,
            wish.kind,
            wish.body,
            sha256(asked).hexdigest()[:16],
            wish.order,
            start,
            end,
            wish.status,
            wish.result,
            answer,
        )
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")


def read(folder: Path) -> Iterator[Attempt]:
    """Everything that was logged there, client by client."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            yield msgspec.json.decode(line, type=Attempt)
