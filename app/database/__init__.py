"""The only door to the database: actions, and queries prepared once."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from app.database.connection import DB
from app.database.prepared import Arg, Prepared

P = ParamSpec("P")
T = TypeVar("T")

__all__ = ["DB", "Arg", "Prepared", "action"]


def action(
    function: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make it one transaction: it happens whole or not at all, and it is committed when it returns.

    Called inside another action it joins that one.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        return DB.run(function, *args, **kwargs)

    return run
