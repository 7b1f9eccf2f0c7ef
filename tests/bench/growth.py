"""The same orders on one file, and on PostgreSQL with one server and with two, and with a replica.

Nothing has a core of its own here: load, servers and database share the machine.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from tests import postgres
from tests.bench import processes
from tests.bench.load import Round, Target, closed, connected, one
from tests.bench.served import Served, target_of
from tests.bench.session import Session
from tests.server import Server, onhand

CONNECTIONS = 32
ORDERS = 1_500  # of one round
FILE, ONE, TWO = "one file, one server", "PostgreSQL, one server", "PostgreSQL, two servers"
SAVED, APART = "one server, somebody saves the log", "one server, it is saved at a replica"


async def measure(session: Session) -> None:
    """How many orders a second each carries, in turns; and whether its books balance."""
    report, shop = session.report, session.largest
    file = session.folder / "growth.sqlite"
    shop.stop()
    shutil.copy(shop.path, file)
    shop.start()
    rounds: dict[str, list[Round]] = {FILE: [], ONE: [], TWO: [], SAVED: [], APART: []}
    with processes.anywhere(), ExitStack() as stack:
        address = stack.enter_context(postgres.running()).address
        moved = onhand(file, "move", address)
        assert moved.returncode == 0, moved.stderr
        on_file = stack.enter_context(_serving(file, str(file)))
        first = stack.enter_context(_serving(file, address))
        second = stack.enter_context(_serving(file, address))
        replica = stack.enter_context(postgres.running(following=address)).address
        apart = stack.enter_context(_serving(file, address, replica))
        for _ in range(session.rounds):
            for label, targets in {FILE: [on_file], ONE: [first], TWO: [first, second]}.items():
                rounds[label].append(await _sell(shop, targets))
            for label, target in {SAVED: first, APART: apart}.items():
                async with _saving(shop, target):
                    rounds[label].append(await _sell(shop, [target]))
        books = onhand(file, "doctor", DATABASE=address)
        if books.returncode:
            report.problems.append(f"growth: {books.stdout}")
    report.part(f"Orders of two lines, {CONNECTIONS} connections, all on the same cores")
    for label, of_it in rounds.items():
        report.row(label, of_it)


@contextmanager
def _serving(file: Path, database: str, replica: str = "") -> Iterator[Target]:
    server = Server(file, DATABASE=database, REPLICA=replica)
    try:
        yield target_of(server)
    finally:
        server.kill()


async def _sell(shop: Served, targets: Sequence[Target]) -> Round:
    """One round, spread over the servers; what they did together."""
    each = await asyncio.gather(
        *(
            closed(target, CONNECTIONS // len(targets), shop.orders(ORDERS // len(targets)))
            for target in targets
        )
    )
    whole = Round(seconds=max(this.seconds for this in each))
    for this in each:
        whole.latencies += this.latencies
        whole.statuses += this.statuses
    return whole


@asynccontextmanager
async def _saving(shop: Served, target: Target) -> AsyncIterator[None]:
    """Meanwhile a colleague saves the whole event log, again and again."""
    async with connected(target.address, 1) as (line,):

        async def save() -> None:
            while (await one(line, shop.page("/activity/export"))).status == 200:
                pass

        saving = asyncio.create_task(save())
        yield
        assert not saving.done(), "the log was not saved"
        saving.cancel()
