"""Looks at the books of a shop from outside, in plain SQL.

The queries are those of ``doctor``, asked through a connection of the auditor's own.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

from app.books.audit import AUDITS
from app.database.dialect import INTEGRITY
from tests import shops
from tests.faults.shop import Ask, looking

_LOG = """
    SELECT id, product, kind, on_hand_change, reserved_change, on_hand, reserved, reason, note,
        order_id, actor, happened_at, operation, undoes FROM stock_event ORDER BY id"""

TWICE = {
    "a key was acted on twice": """
        SELECT reference, count(*) FROM orders WHERE reference <> ''
        GROUP BY reference HAVING count(*) > 1""",
    "an order has ended twice": """
        SELECT order_id, count(*) FROM stock_event
        WHERE order_id IS NOT NULL AND kind IN ('sold', 'released') AND undoes IS NULL
        GROUP BY order_id, product HAVING count(*) > 1""",
    "an order was put back twice": """
        SELECT order_id, count(*) FROM stock_event
        WHERE order_id IS NOT NULL AND kind = 'returned' AND undoes IS NULL
        GROUP BY order_id, product HAVING count(*) > 1""",
}


class Log:
    """The event log as it was seen; what was in it may never change (P7)."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}  # the sum over each entry, by its number

    def look(self, ask: Ask) -> Iterator[str]:
        """Compares every entry with what was seen before, and remembers all."""
        now = {row[0]: hash(row) for row in ask(_LOG)}
        for entry, was in self._seen.items():
            if entry not in now:
                yield f"entry {entry} of the log is gone"
            elif now[entry] != was:
                yield f"entry {entry} of the log has changed"
        newest = max(self._seen, default=0) if shops.IS_SQLITE else 0  # else they come out of turn
        for entry in now.keys() - self._seen.keys():
            if entry <= newest:
                yield f"entry {entry} of the log was written after {newest}"
        self._seen = now


def books(ask: Ask) -> Iterator[str]:
    """What is wrong in itself (P1, P4, P5, P6)."""
    for sql in INTEGRITY if shops.IS_SQLITE else ():
        for row in ask(sql):
            if row != ("ok",):
                yield f"the database: {row}"
    for what, sql in AUDITS.items():
        for thing, detail in ask(sql):
            yield f"{thing} ({detail}) {what}"
    for what, sql in TWICE.items():
        for thing, times in ask(sql):
            yield f"{thing}: {what} ({times} times)"


def audit(path: Path, log: Log | None = None) -> list[str]:
    """What is wrong in itself, as of one moment."""
    with looking(path) as ask:
        return [*books(ask), *(log.look(ask) if log else ())]


class Watch:
    """An auditor who looks about once a second while the shop works."""

    def __init__(self, path: Path) -> None:
        self.samples = 0
        self.wrong: list[str] = []
        self._path = path
        self._log = Log()
        self._end = Event()
        self._thread = Thread(target=self._look)
        self._took = 0.0

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        self.wrong += [f"sample {self.samples}: {what}" for what in audit(self._path, self._log)]
        self.samples += 1

    def _look(self) -> None:
        while not self._end.wait(max(0.0, 1 - self._took)):
            began = time.monotonic()
            self.look()
            self._took = time.monotonic() - began
