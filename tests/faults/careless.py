"""``python -m tests.faults.careless BUG[,BUG] serve``: the program with a bug put back.

A trial proves something only if it finds the bug that it is there for.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any, NamedTuple

import uvicorn

from app import sweeper
from app.__main__ import main
from app.database import DB, engine, writer
from app.database.writer import Job, Writer
from app.idempotency import once
from app.stock.actions import ledger
from app.stock.actions.ledger import After

FSYNC = 0.05  # seconds that a COMMIT takes on the slow disk
LOOKED = 0.05  # seconds for which somebody believes what he saw

BUGS: dict[str, Callable[[], None]] = {}


def bug(install: Callable[[], None]) -> Callable[[], None]:
    BUGS[install.__name__] = install
    return install


class SlowDisk(ThreadPoolExecutor):
    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def slowly() -> Any:
            sleep(FSYNC)
            return function(*args, **kwargs)

        return super().submit(slowly)


@bug
def slow() -> None:
    """No bug: every COMMIT takes its time, so that honest and careless meet on the same disk."""
    honest = Writer.__init__

    def init(self: Writer, *args: Any) -> None:
        honest(self, *args)
        self._commit_thread = SlowDisk(1)

    _put(Writer, __init__=init)


@bug
def early() -> None:
    """Whoever waits for an action is told of it before its COMMIT."""
    honest = Writer._perform

    def perform(self: Writer, job: Job, *, is_alone: bool) -> Any:
        result = honest(self, job, is_alone=is_alone)
        job.tell(result)
        return result

    def turn() -> None:
        _put(Writer, _perform=perform)

    slow()
    _when_serving(turn)


@bug
def abrupt() -> None:
    """It ends at once when it is asked to."""

    def end(*_: object) -> None:
        os._exit(0)

    _put(uvicorn.Server, handle_exit=end)


@bug
def torn() -> None:
    """What changes a level is committed before its entry in the log is written."""
    honest = DB.fetch

    async def fetch(sql: str, *args: Any, **kwargs: Any) -> Any:
        acting = DB._writer and DB._writer.acting
        if acting and 'INSERT INTO "stock_event"' in sql:
            acting.execute("COMMIT")
            acting.execute("BEGIN IMMEDIATE")
        return await honest(sql, *args, **kwargs)

    def turn() -> None:
        honest_perform = Writer._perform

        def perform(self: Writer, job: Job, *, is_alone: bool) -> Any:
            return honest_perform(self, job, is_alone=True)

        writer.LARGEST_GROUP = 1
        _put(Writer, _perform=perform)
        _put(DB, fetch=fetch)

    _when_serving(turn)


class Seen(NamedTuple):
    level: After
    until: float


class Remembered:
    """Looks at a level, believes it for a moment, and writes what it should become."""

    def __init__(self) -> None:
        self._seen: dict[int, Seen] = {}

    async def first(
        self, *, product: int, on_hand: int, reserved: int, needed: int
    ) -> After | None:
        seen = self._seen.get(product)
        if seen is None or seen.until < monotonic():
            (row,) = await DB.fetch(
                "SELECT on_hand, reserved, reorder_point FROM stock_level "
                f"WHERE product = {product}"
            )
            seen = self._seen[product] = Seen(After(*row), monotonic() + LOOKED)
        level = seen.level
        if level.on_hand - level.reserved < needed or level.reserved + reserved < 0:
            return None
        after = After(level.on_hand + on_hand, level.reserved + reserved, level.reorder_point)
        await DB.fetch(
            f"UPDATE stock_level SET on_hand = {after.on_hand}, reserved = {after.reserved} "
            f"WHERE product = {product}"
        )
        return after


@bug
def remembers() -> None:
    """Check and change are two statements, and some time lies between them."""
    _put(ledger, _MOVE=Remembered())


@bug
def forgets() -> None:
    """What was answered under a key is not kept."""

    async def store(*_: object) -> None:
        return None

    _put(once, _store=store)


@bug
def unswept() -> None:
    """Nobody ends a hold whose time is over."""
    _put(sweeper, CHORES=())


@bug
def unsynced() -> None:
    """A COMMIT does not wait for the disk."""
    engine.PRAGMAS["synchronous"] = "NORMAL"


@bug
def in_place() -> None:
    """Everybody waits while one waits for the lock."""

    async def begin(self: Writer) -> None:
        self._connection.execute("PRAGMA busy_timeout = 5000")
        self._connection.execute("BEGIN IMMEDIATE")

    _when_serving(lambda: _put(Writer, _begin=begin))


@bug
def impatient() -> None:
    """No bug: a lock is waited for a hundredth of a second, so that it fails often."""
    writer.PATIENCE = 0.01


@bug
def leaks() -> None:
    """Whatever was opened for a transaction that failed stays open."""
    kept = []
    honest = Job.tell

    def tell(self: Job, result: Any) -> None:
        if isinstance(result, Exception):
            kept.append(DB._connect())
        honest(self, result)

    _put(Job, tell=tell)


@bug
def stuck() -> None:
    """A COMMIT that failed is not rolled back (fact 1 of RELIABILITY)."""

    class Unrolled:
        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def execute(self, sql: str, *args: Any) -> Any:
            return None if sql == "ROLLBACK" else self._connection.execute(sql, *args)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    honest = Writer.__init__

    def init(self: Writer, *args: Any) -> None:
        honest(self, *args)
        _put(self, _connection=Unrolled(self._connection))

    _put(Writer, __init__=init)


def _put(owner: object, **careless: Any) -> None:
    """In the place of what is honest."""
    for name, what in careless.items():
        setattr(owner, name, what)


def _when_serving(turn: Callable[[], None]) -> None:
    """From the first request on, so that the shop is made ready honestly."""
    honest = uvicorn.Server.startup

    async def startup(self: uvicorn.Server, sockets: Any = None) -> None:
        turn()
        await honest(self, sockets)

    _put(uvicorn.Server, startup=startup)


if __name__ == "__main__":
    for name in sys.argv.pop(1).split(","):
        BUGS[name]()
    sys.exit(main())
