"""Trials that are tests of the suite: they count as often as there are such tests, and pass."""

import re
import subprocess
import sys
from collections.abc import Callable
from time import monotonic

from tests.faults.trial import Outcome, Setup, Skipped
from tests.server import ROOT

PYTEST = (
    *("pytest", "-q", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of a program that is here already
)
PASSED = re.compile(r"^(?:\d+ failed, )?(\d+) passed.* in ", re.MULTILINE)
WRONG = re.compile(r"^(?:FAILED|ERROR) .*$", re.MULTILINE)


def suite(*paths: str) -> Callable[[Setup], Outcome]:
    """The tests in these files, in full as thoroughly as they can; their servers have the bug."""

    def run(setup: Setup) -> Outcome:
        careless = ("tests.faults.careless", setup.bug) if setup.bug else ()
        began = monotonic()
        told = subprocess.run(
            [
                *(sys.executable, "-m", *careless, *PYTEST),
                *("--thorough", f"{setup.pick(1, 1, 10)}", *paths),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        passed = PASSED.search(told.stdout)
        done = Outcome(int(passed[1]) if passed else 0, "", WRONG.findall(told.stdout))
        if told.returncode and not done.wrong:
            done.wrong.append(told.stdout[-500:] + told.stderr[-500:])
        if not (done.n or done.wrong):
            raise Skipped("all of it is about the other database")
        done.figure = f"{' '.join(paths)}: {done.n} tests in {monotonic() - began:.0f} s"
        return done

    return run
