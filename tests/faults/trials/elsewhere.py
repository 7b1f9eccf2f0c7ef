"""Trials that are tests of the suite: they count as often as there are such tests, and pass."""

import re
import subprocess
import sys
from collections.abc import Callable
from time import monotonic

from tests.faults.trial import Outcome, Setup, Skipped
from tests.server import ROOT

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
SUMMARY = re.compile(r"^(?:(\d+) failed, )?(\d+) passed.* in ", re.MULTILINE)


def suite(*paths: str) -> Callable[[Setup], Outcome]:
    """The tests in these files, so far as they are here; in full as thoroughly as they can."""

    def run(setup: Setup) -> Outcome:
        here = [path for path in paths if (ROOT / path.partition("::")[0]).exists()]
        if not here:
            raise Skipped(f"{', '.join(paths)} is not here")
        began = monotonic()
        told = subprocess.run(
            [*PYTEST, "--thorough", f"{setup.pick(1, 1, 10)}", *here],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        passed = SUMMARY.search(told.stdout)
        done = Outcome(int(passed[2]) if passed else 0, "")
        done.wrong += re.findall(r"^(?:FAILED|ERROR) .*$", told.stdout, re.MULTILINE)
        done.hold(told.stdout[-500:] + told.stderr[-500:], held=told.returncode == 0)
        done.figure = f"{' '.join(here)}: {done.n} tests in {monotonic() - began:.0f} s"
        return done

    return run
