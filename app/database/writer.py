"""The one connection that writes, and commits in groups.

An action is a coroutine function that awaits nothing but queries. It runs in one go on the event
loop, so nothing can come between its check and its change, and no cancellation can cut it in half.
Only what waits for the disk or for another program is waited for: COMMIT on a thread of its own,
BEGIN by asking again. Everybody who arrives while one COMMIT is on its way shares the next one.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from piccolo.engine.exceptions import TransactionError
from prometheus_client import Gauge, Histogram

from app.database.checkpoints import Checkpointer
from app.database.engine import AFTER_COMMIT
from app.database.readers import LOCKED

T = TypeVar("T")

LARGEST_GROUP = 64  # actions in one COMMIT: about 6 ms of the event loop
PATIENCE = 5.0  # seconds to wait for another program's write lock

WAITING = Gauge("onhand_writer_waiting", "Actions that wait for their turn.")
GROUP = Histogram(
    "onhand_writer_group_size", "Actions in one COMMIT.", buckets=(1, 2, 4, 8, 16, 32, 64)
)
COMMIT = Histogram(
    "onhand_commit_seconds",
    "How long a COMMIT waited for the disk.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0),
)


class Job(NamedTuple):
    """One action that waits for its turn, and who waits for its outcome."""

    action: Callable[[], Coroutine[Any, Any, Any]]
    outcome: "asyncio.Future[Any]"

    def tell(self, result: Any) -> None:
        """Its result, or the error; unless whoever waited has left."""
        if self.outcome.done():
            return
        if isinstance(result, BaseException):
            self.outcome.set_exception(result)
        else:
            self.outcome.set_result(result)


class Writer:
    """Runs actions one after the other; every group of them is one transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        checkpointer: Checkpointer | None,
        on_commit: list[Callable[[], None]],
    ) -> None:
        connection.execute("PRAGMA busy_timeout = 0")
        self._connection = connection
        self._checkpointer = checkpointer
        self._on_commit = on_commit
        self._commit_thread = ThreadPoolExecutor(1, "commit")
        self._jobs: deque[Job] = deque()
        WAITING.set_function(lambda: len(self._jobs))
        self._flusher: asyncio.Task[None] | None = None
        self.is_open = True
        self.acting: sqlite3.Connection | None = None  # the connection, while an action has it
        self.notes: dict[str, Any] = {}  # what the action that runs keeps for itself

    async def run(self, action: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Await the action as one transaction; returns after its COMMIT.

        If it raises, nothing of it is kept, and it raises here.
        """
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        self._jobs.append(Job(action, outcome))
        if self._flusher is None:
            self._flusher = loop.create_task(self._flush())
        return await outcome

    async def finish(self) -> None:
        """Begin nothing new, and finish what was begun."""
        self.is_open = False
        if self._flusher:
            await self._flusher

    async def close(self) -> None:
        self._commit_thread.shutdown()
        if self._checkpointer:
            await self._checkpointer.close()
        self._connection.close()

    async def _flush(self) -> None:
        """Run everything that waits, group by group, until nothing waits."""
        loop = asyncio.get_running_loop()
        while self._jobs:
            group: list[Job] = []
            results: list[Any] = []
            done: list[Callable[[], object]] = []
            try:
                if self._checkpointer and self._checkpointer.is_overdue:
                    await self._checkpointer.begin_anew()
                await self._begin()
                is_alone = len(self._jobs) == 1
                while self._jobs and len(group) < LARGEST_GROUP:
                    group.append(self._jobs.popleft())
                    results.append(self._perform(group[-1], is_alone=is_alone))
                    done += self.notes.get(AFTER_COMMIT, ())
                if self._connection.in_transaction:
                    commit = self._connection.execute
                    with COMMIT.time():
                        await loop.run_in_executor(self._commit_thread, commit, "COMMIT")
                    GROUP.observe(len(group))
                for call in done:
                    loop.call_soon(call)
            except BaseException as error:  # noqa: BLE001 - every waiter has to learn of it
                if self._connection.in_transaction:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                if not group:  # not even begun: nobody shall wait that long twice
                    group = list(self._jobs)
                    self._jobs.clear()
                results = [error] * len(group)
            for job, result in zip(group, results, strict=True):
                job.tell(result)
            if self._checkpointer:
                self._checkpointer.after_commit()
            for listener in self._on_commit:
                loop.call_soon(listener)
        self._flusher = None

    async def _begin(self) -> None:
        """Take the write lock; while another program holds it, ask again and let the loop live."""
        given_up = monotonic() + PATIENCE
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if str(error) != LOCKED or monotonic() > given_up:
                    raise
                await asyncio.sleep(0.01)
            else:
                return

    def _perform(self, job: Job, *, is_alone: bool) -> Any:
        """Run one action. Returns its result, or the error, with all that it did undone.

        In company it runs in a savepoint. Alone it needs none, which spares a large action, such as
        an import, the savepoint's copy of every page it touches.
        """
        self.notes = {}
        if job.outcome.cancelled():  # the client left before it began
            return None
        connection = self._connection
        if not is_alone:
            connection.execute("SAVEPOINT job")
        self.acting = connection
        result: Any = None
        try:
            coroutine = job.action()
            coroutine.send(None)
            result = TransactionError("an action may only await database queries")
            coroutine.close()
        except StopIteration as end:
            result = end.value
        except BaseException as error:  # noqa: BLE001 - whoever waits for it has to learn of it
            result = error
        finally:
            self.acting = None
        is_refused = isinstance(result, BaseException)
        if not connection.in_transaction:  # SQLite gave it up: nobody's changes are left
            raise result if is_refused else TransactionError("the transaction was given up")
        if is_refused:
            self.notes = {}
            connection.execute("ROLLBACK" if is_alone else "ROLLBACK TO job")
        if not is_alone:
            connection.execute("RELEASE job")
        return result
