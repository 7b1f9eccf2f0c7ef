"""What was measured: a table for people, raw figures as JSON, and whether each bound was met."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from tests.bench import processes
from tests.bench.load import Round

COLUMNS = "{:<48}{:>9}{:>7}{:>9}{:>9}{:>9}{:>9}{:>9}{:>8}  {}"
HEADS = ("", "requests", "rounds", "req/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs", "errors", "")


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies, in their unit."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def ms(rounds: Sequence[Round], part: float) -> float:
    """A percentile of the latencies in milliseconds; of several rounds their median."""
    return 1000 * median(percentile(this.latencies, part) for this in rounds)


def cpu_us(this: Round, requests: int | None = None) -> float:
    """Microseconds of the server's CPU for one request; 0 where the system does not tell."""
    return 1e6 * (this.cpu or 0.0) / (requests or len(this.latencies))


class Report:
    """Prints what it is told as it comes in, and keeps it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._raw: list[dict[str, Any]] = []
        self._bounds: list[dict[str, Any]] = []

    def head(self) -> None:
        number = os.cpu_count()
        pinned = f"server on {processes.SERVER}, load on {processes.LOAD}"
        _say(
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
            f"{number} cores ({pinned if processes.HAS_TWO else 'nothing pinned'}), "
            f"{platform.system()} {platform.machine()}"
        )
        _say("Every figure is the median of its rounds. CPU is the server's, for one request.")

    def title(self, title: str) -> None:
        _say(f"\n{title}")

    def part(self, title: str) -> None:
        _say("\n" + COLUMNS.format(title, *HEADS[1:]).rstrip())

    def row(
        self, what: str, rounds: Sequence[Round], *, expect: Sequence[int] = (201,), note: str = ""
    ) -> None:
        """One line of the table. An answer with a status that nobody expects is a problem."""
        wrong = [
            f"{n} answers {s}" for r in rounds for s, n in r.statuses.items() if s not in expect
        ]
        if wrong:
            self.problems.append(f"{what}: {', '.join(wrong)}")
        errors = sum(n for r in rounds for s, n in r.statuses.items() if s not in expect)
        cpu = median(map(cpu_us, rounds))
        figures = (
            sum(len(this.latencies) for this in rounds),
            len(rounds),
            f"{median(this.rate for this in rounds):,.0f}",
            *(f"{ms(rounds, part):.2f}" for part in (0.5, 0.95, 0.99)),
            f"{cpu:,.0f}" if cpu else "-",
            errors,
        )
        _say(COLUMNS.format(f"  {what}", *figures, note).rstrip())
        self._raw.append({"what": what, "note": note, "rounds": [_raw(this) for this in rounds]})

    def say(self, line: str) -> None:
        _say(f"  {line}")

    def bound(self, what: str, value: float, is_met: Callable[[float], bool], bound: str) -> None:
        """A value that has to be within its bound; printed at the end."""
        self._bounds.append({"what": what, "value": value, "bound": bound, "met": is_met(value)})

    def end(self) -> None:
        if self._bounds:
            self.title("Bounds")
        for b in self._bounds:
            met = "met" if b["met"] else "MISSED"
            _say(f"  {b['what']:<58}{b['value']:>10.3g}   {b['bound']:<12}{met}")
        for problem in self.problems:
            _say(f"WRONG: {problem}")

    def raw(self) -> dict[str, Any]:
        """Everything, for a program. Times are in seconds."""
        return {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "cores": os.cpu_count(),
            "rows": self._raw,
            "bounds": self._bounds,
            "problems": self.problems,
        }


def _raw(this: Round) -> dict[str, Any]:
    return {
        "seconds": this.seconds,
        "cpu": this.cpu,
        "statuses": {str(status): n for status, n in this.statuses.items()},
        "latencies": this.latencies,
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
