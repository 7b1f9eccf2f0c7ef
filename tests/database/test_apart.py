"""Work on a thread that stands back, and that the end of the program leaves alone."""

import os
import subprocess
import sys
from pathlib import Path
from threading import get_native_id

import pytest

from app.database.apart import apart

ROOT = Path(__file__).parents[2]

SCRIPT = """
import asyncio, threading
from app.database.apart import apart

begun = threading.Event()

def for_ever():
    begun.set()
    threading.Event().wait()

async def main():
    task = asyncio.create_task(apart(for_ever))
    await asyncio.to_thread(begun.wait)
    print(task.done())

asyncio.run(main())
"""


async def test_what_is_done_apart_is_handed_back_and_so_is_what_went_wrong():
    def fails() -> None:
        raise ValueError("wrong")

    done = await apart(lambda: 7)
    with pytest.raises(ValueError, match="wrong"):
        await apart(fails)

    assert done == 7


@pytest.mark.skipif(sys.platform != "linux", reason="only there a thread has a rank of its own")
async def test_it_stands_back_and_does_not_starve():
    def rank() -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    before = rank()

    behind, policy = await apart(lambda: (rank(), os.sched_getscheduler(0)))

    assert behind > before
    assert policy == os.SCHED_OTHER
    assert rank() == before


def test_a_program_that_ends_does_not_wait_for_it():
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )

    assert (ended.stdout, ended.stderr) == ("False\n", "")
