"""What careless versions of the program have in common."""

from collections.abc import Callable
from typing import Any

import uvicorn

BUGS: dict[str, Callable[[], None]] = {}


def bug(install: Callable[[], None]) -> Callable[[], None]:
    """It is known by its name."""
    BUGS[install.__name__] = install
    return install


def put(owner: object, **careless: Any) -> None:
    """In the place of what is honest."""
    for name, what in careless.items():
        setattr(owner, name, what)


def when_serving(turn: Callable[[], None]) -> None:
    """From the first request on, so that the shop is made ready honestly."""
    honest = uvicorn.Server.startup

    async def startup(self: uvicorn.Server, sockets: Any = None) -> None:
        turn()
        await honest(self, sockets)

    put(uvicorn.Server, startup=startup)
