"""``python -m tests.faults.careless``: serve on a slow disk; with ``--careless``, answer too early;
with ``--deaf``, leave every stream open when the server is asked to end.

The bug put back is the one that the whole engine is there to prevent: whoever waits for an action
is told of it before its COMMIT. On the same slow disk the honest server has to lose nothing.
"""

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep
from typing import Any

import uvicorn

from app.__main__ import main
from app.database.writer import Job, Writer
from app.live.hub import hub

FSYNC = 0.05  # seconds that a COMMIT takes

honest_init = Writer.__init__
honest_perform = Writer._perform
honest_startup = uvicorn.Server.startup


class SlowDisk(ThreadPoolExecutor):
    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def slowly() -> Any:
            sleep(FSYNC)
            return function(*args, **kwargs)

        return super().submit(slowly)


def init_on_a_slow_disk(self: Writer, *args: Any) -> None:
    honest_init(self, *args)
    self._commit_thread = SlowDisk(1)


def perform_and_tell(self: Writer, job: Job, *, is_alone: bool) -> Any:
    result = honest_perform(self, job, is_alone=is_alone)
    job.tell(result)
    return result


async def startup_and_turn_careless(self: uvicorn.Server, sockets: Any = None) -> None:
    Writer._perform = perform_and_tell  # type: ignore[method-assign]
    await honest_startup(self, sockets)


if __name__ == "__main__":
    Writer.__init__ = init_on_a_slow_disk  # type: ignore[assignment,method-assign]
    if "--careless" in sys.argv:
        sys.argv.remove("--careless")
        uvicorn.Server.startup = startup_and_turn_careless  # type: ignore[method-assign]
    if "--deaf" in sys.argv:
        sys.argv.remove("--deaf")
        hub.close = lambda: None  # type: ignore[method-assign]
    sys.exit(main())
