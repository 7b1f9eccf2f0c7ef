"""The load: requests sent at a server in three ways, and what came of each."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

from tests.bench.http import Address, Answer, Connection
from tests.bench.processes import cpu_seconds


@dataclass(frozen=True)
class Target:
    """A server to be loaded, and its process."""

    address: Address
    pid: int


@dataclass
class Round:
    """One measurement of a few seconds. Times are in seconds."""

    seconds: float = 0.0
    cpu: float | None = None  # of the server's process; None where the system does not tell
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)  # 0 is no answer at all

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def note(self, since: float, status: int) -> None:
        self.latencies.append(perf_counter() - since)
        self.statuses[status] += 1


@asynccontextmanager
async def connected(address: Address, count: int) -> AsyncIterator[list[Connection]]:
    connections = [await Connection.open(address) for _ in range(count)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


@asynccontextmanager
async def timed(target: Target) -> AsyncIterator[Round]:
    """A round from here to the end of the block, without pauses for our own garbage."""
    gc.collect()
    gc.disable()
    this = Round()
    cpu, start = cpu_seconds(target.pid), perf_counter()
    try:
        yield this
    finally:
        gc.enable()
        this.seconds = perf_counter() - start
        after = cpu_seconds(target.pid)
        this.cpu = None if cpu is None or after is None else after - cpu


async def one(connection: Connection, request: bytes) -> Answer:
    """The answer; one with the status 0 when there is none."""
    try:
        return await connection.ask(request)
    except OSError:
        return Answer(0, b"")


async def closed(
    target: Target, connections: int, requests: Iterable[bytes], seconds: float = 60.0
) -> Round:
    """Each connection asks, waits for its answer, asks again; until time or work is over."""
    shared = iter(requests)
    async with connected(target.address, connections) as pool, timed(target) as this:
        end = perf_counter() + seconds

        async def ask_on(connection: Connection) -> None:
            for request in shared:
                since = perf_counter()
                answer = await one(connection, request)
                this.note(since, answer.status)
                if answer.status == 0 or perf_counter() > end:
                    return

        await asyncio.gather(*map(ask_on, pool))
    return this


async def paced(target: Target, connections: int, requests: Sequence[bytes], rate: float) -> Round:
    """``rate`` requests a second, however slowly they are answered.

    The latency counts from the moment a request was due, so that one that had to wait for a free
    connection is as late as its customer would find it.
    """
    async with connected(target.address, connections) as pool, timed(target) as this:
        free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for connection in pool:
            free.put_nowait(connection)

        async def ask(request: bytes, due: float) -> None:
            connection = await free.get()
            this.note(due, (await one(connection, request)).status)
            free.put_nowait(connection)

        begin = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for n, request in enumerate(requests):
                due = begin + n / rate
                await asyncio.sleep(max(0.0, due - perf_counter() - 0.002))
                while perf_counter() < due:  # a timer of the loop is a millisecond late or early
                    await asyncio.sleep(0)
                tasks.create_task(ask(request, due))
    return this


async def at_once(target: Target, requests: Sequence[bytes]) -> Round:
    """Everybody at one instant, each on a connection that was open before."""
    async with connected(target.address, len(requests)) as pool, timed(target) as this:
        begin = perf_counter()

        async def ask(connection: Connection, request: bytes) -> None:
            this.note(begin, (await one(connection, request)).status)

        await asyncio.gather(*map(ask, pool, requests))
    return this
