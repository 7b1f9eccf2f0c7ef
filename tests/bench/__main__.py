"""``script/bench``: how fast the program is, on this machine, beside yardsticks measured with it.

``script/bench`` measures everything, at 1,000 and at 100,000 products, in about six minutes.
``script/bench orders search`` measures only these, ``--quick`` only the small shop, briefly.
The load is made here, on one core; servers and yardsticks are processes of their own, on another.
The shops lie in the temporary folder: where its disk stalls, the slowest times are the disk's.
``TMPDIR=/dev/shm script/bench`` shows the program without one; the ratio to "same SQL" then says
little, because a COMMIT that waits for nothing leaves nothing to be shared.
The exit status is 1 when something is wrong: a status that nobody expects, an oversold product,
books that do not balance. It never depends on how fast it was.
"""

import asyncio
import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import uvloop

from tests.bench import crowds, expiry, growth, live, orders, pages, processes, shops
from tests.bench.report import Report
from tests.bench.served import Served
from tests.bench.session import Session

MEASURES = {
    "orders": orders.measure,
    "hot": crowds.hot,
    "crowd": crowds.crowd,
    "stock": pages.stock,
    "search": pages.search,
    "live": live.measure,
    "expiry": expiry.measure,
    "growth": growth.measure,
}
SIZES = (1_000, 100_000)  # products


def main() -> int:
    args = _arguments()
    report = Report()
    report.head()
    others = processes.Others()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onhand-bench-")))
        kept = args.keep or folder
        kept.mkdir(parents=True, exist_ok=True)
        served = {}
        for size in SIZES[:1] if args.quick else SIZES:
            start = perf_counter()
            filled = shops.filled(size, kept)
            report.say(f"shop of {size:,} products ready after {perf_counter() - start:.0f} s")
            served[size] = Served(filled, folder / f"shop-{size}.sqlite")
            stack.callback(served[size].kill)
        rounds, seconds = (2, 0.7) if args.quick else (8, 1.2)
        session = Session(served, folder, report, rounds, seconds)
        with processes.on_core(processes.LOAD):
            _run(session, args.measures or list(MEASURES))
        _audit(session)
    if (share := others.share()) is not None:
        report.say(f"other programs kept {share:.0%} of the machine busy meanwhile")
    report.end()
    if args.json:
        args.json.write_text(json.dumps(report.raw()))
    return 1 if report.problems else 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="script/bench", description="How fast the program is.")
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="1,000 products only, short rounds")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep filled shops there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the raw figures there")
    args = parser.parse_args()
    if unknown := set(args.measures) - set(MEASURES):
        parser.error(f"there is no measure {', '.join(sorted(unknown))}")
    return args


def _run(session: Session, names: list[str]) -> None:
    async def measure() -> None:
        for name, measured in MEASURES.items():
            if name in names:
                await measured(session)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure())


def _audit(session: Session) -> None:
    """Whatever was measured, the books of every shop balance."""
    session.report.title("Books")
    for size, shop in session.shops.items():
        shop.stop()
        wrong = shop.audit()
        said = wrong or "the books balance"
        session.report.say(f"{size:,} products, {shop.sold:,} orders sold: {said}")
        if wrong:
            session.report.problems.append(wrong)


if __name__ == "__main__":
    sys.exit(main())
