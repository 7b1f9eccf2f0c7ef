"""A yardstick: what the disk alone takes to keep a page, at a steady pace."""

import os
from collections import Counter
from pathlib import Path
from time import perf_counter, sleep

from tests.bench.load import Round

PAGE = 4_096  # bytes


def paced(folder: Path, number: int, rate: float) -> Round:
    """``rate`` times a second a page is written behind the last one, and the disk is waited for.

    The latency counts from the moment a write was due, as that of ``load.paced`` does.
    """
    path = folder / "disk"
    this = Round(statuses=Counter({201: number}))
    page = os.urandom(PAGE)
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        begin = perf_counter()
        for n in range(number):
            due = begin + n / rate
            sleep(max(0.0, due - perf_counter()))
            os.write(file, page)
            os.fsync(file)
            this.latencies.append(perf_counter() - due)
        this.seconds = perf_counter() - begin
    finally:
        os.close(file)
        path.unlink()
    return this
