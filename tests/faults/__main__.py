"""``script/faults``: kill it, fill its disk, cut its lines, and see what the books say afterwards.

``script/faults`` tries everything in full, in about half an hour, and keeps what came out in
docs/faults.md, a row for each database. ``script/faults A1 C1`` tries only these; ``--quick`` a
little, and keeps nothing without ``--keep``.
The exit status is 1 when something was wrong, or a bug that was put back was not found.
"""

import sys
import tempfile
import traceback
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tests.bench.processes import Others
from tests.faults import report, shop
from tests.faults.battery import TRIALS
from tests.faults.report import Row
from tests.faults.trial import SEED, Outcome, Setup, Skipped, Trial

BUSY = 0.4  # of the machine, from which on times say nothing of the shop


def main() -> int:
    args = _arguments()
    report.head()
    rows = []
    with tempfile.TemporaryDirectory(prefix="onhand-faults-") as folder:
        for trial in TRIALS.values():
            if trial.id in (args.trials or TRIALS) and trial.is_here:
                size = 1 if args.quick else 2
                rows.append(_tried(trial, Setup(Path(folder) / trial.id, size, args.seed)))
                if args.keep or not args.quick:
                    report.keep(rows, TRIALS)
    return 1 if any(row.is_wrong for row in rows) else 0


def _tried(trial: Trial, setup: Setup) -> Row:
    control, share = "", None
    setup.folder.mkdir(parents=True)
    others = Others()
    try:
        outcome = trial.run(setup)
        control = _control(trial, setup, outcome)
        share = others.share()
        if share is None or share < BUSY:
            outcome.wrong += setup.late
        verdict = "FAIL" if outcome.wrong else "pass"
    except Skipped as why:
        outcome, verdict = Outcome(0, str(why)), "skip"
    except Exception as error:  # noqa: BLE001 - the others are tried nevertheless
        outcome, verdict = Outcome(0, "broke", traceback.format_exception(error)[-3:]), "FAIL"
    row = Row(
        trial.id,
        trial.what,
        f"{outcome.n:,}",
        f"{setup.seed}",
        outcome.figure,
        verdict,
        control,
        "-" if share is None else f"{share:.0%}",
        shop.version(),
        report.commit(),
    )
    report.show(row, outcome.wrong)
    return row


def _control(trial: Trial, setup: Setup, outcome: Outcome) -> str:
    """What is found when the bug is put back; or where a bug is, or why there is none."""
    if not trial.bug:
        return trial.controls
    try:
        found = trial.control(setup).wrong
    except Skipped as why:
        return f"none: {why}"
    outcome.hold(f"the bug {trial.bug} is found", held=bool(found))
    return f"{trial.bug}: {len(found)} found"


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="script/faults", description="What faults do to the shop.")
    parser.add_argument("trials", nargs="*", metavar="TEST", help=", ".join(TRIALS))
    parser.add_argument("--quick", action="store_true", help="a little of each; keeps nothing")
    parser.add_argument("--keep", action="store_true", help="the rows of --quick as well")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    if unknown := set(args.trials) - set(TRIALS):
        parser.error(f"there is no test {', '.join(sorted(unknown))}")
    return args


if __name__ == "__main__":
    sys.exit(main())
