"""Work that nobody waits for at a counter: on a thread that stands back."""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread, get_native_id
from typing import TypeVar

T = TypeVar("T")

NICE = 5  # beside whoever has 0 it gets a quarter of a core, and never nothing


async def apart(work: Callable[[], T]) -> T:
    """Do it on a thread of its own. A program that ends does not wait for it."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        step_back()
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it has to learn of it
            future.set_exception(error)

    Thread(target=run, name="apart", daemon=True).start()
    return await asyncio.wrap_future(future)


def step_back() -> None:
    """Let others go first, where a thread has a rank of its own.

    It must not starve: at times it holds what the others wait for.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICE)
