"""How far a long command is, for whoever sits at the terminal."""

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

WIDTH = 40  # of the bar, in characters


def progress(items: Sequence[T]) -> Iterator[T]:
    """The items one by one, beside a bar that grows and goes; without a terminal only the items."""
    if not sys.stderr.isatty():
        yield from items
        return
    step = max(1, len(items) // 200)
    try:
        for done, item in enumerate(items):
            if done % step == 0:
                bar = "#" * (WIDTH * done // len(items))
                print(f"\r[{bar:-<{WIDTH}}] {done} of {len(items)}", end="", file=sys.stderr)
            yield item
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
