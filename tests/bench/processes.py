"""Who runs on which core, and how much time of it a process has used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter


def cores() -> list[int]:
    """The cores this process may use; none where the system does not tell."""
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:
        return []


CORES = cores()
HAS_TWO = len(CORES) > 1
SERVER = CORES[0] if HAS_TWO else None  # the core of servers and yardsticks
LOAD = CORES[-1] if HAS_TWO else None  # the core of the load


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """What is started inside runs on this core, with all its threads."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def anywhere() -> Iterator[None]:
    """What is started inside runs on any core."""
    if not HAS_TWO:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, CORES)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Others:
    """How busy programs that are no part of this keep the machine from now on."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._before = _others_seconds()

    def share(self) -> float | None:
        """Part of all cores; to be asked when every process of ours has ended."""
        now = _others_seconds()
        if now is None or self._before is None:
            return None
        return (now - self._before) / (perf_counter() - self._start) / (os.cpu_count() or 1)


def _others_seconds() -> float | None:
    """What everybody but us and our ended processes has used, since the machine was started."""
    with suppress(OSError):
        user, nice, system, _, _, irq, softirq, steal, *_ = map(
            int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        )
        all_of_us = sum(os.times()[:4])
        busy = user + nice + system + irq + softirq + steal
        return busy / os.sysconf("SC_CLK_TCK") - all_of_us
    return None


def cpu_seconds(pid: int) -> float | None:
    """What all threads of a process have used so far, user and system; None without /proc."""
    with suppress(OSError):
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
    return None
