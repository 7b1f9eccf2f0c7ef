"""Opening the shop for one command."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from app import fields
from app.database import DB
from app.database.backup import copy
from app.database.lock import Locked, only_one
from app.database.migrate import migrate, missing, unknown


class Unusable(Exception):
    """The shop cannot be used like this; its text says why in one sentence."""


def run(command: Callable[..., Coroutine[Any, Any, int | None]], *args: Any) -> int:
    """Run a command to its end. A shop that cannot be used is one sentence and exit status 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(command(*args)) or 0
    except (Unusable, OSError, sqlite3.DatabaseError) as error:
        print(f"onhand: {error}", file=sys.stderr)
        return 1


@asynccontextmanager
async def alone() -> AsyncIterator[list[str]]:
    """The shop for this command only, brought up to date; yields the steps that were run."""
    _check_folder()
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(DB.shop))
        except Locked:
            raise Unusable(f"{DB.shop} is in use by a server or by another command.") from None
        _make_private()
        await _open()
        try:
            yield await up_to_date()
        finally:
            await DB.close()


@asynccontextmanager
async def beside() -> AsyncIterator[None]:
    """The shop, whether it is being served at this moment or not."""
    _check_folder()
    with ExitStack() as stack:
        try:
            stack.enter_context(only_one(DB.shop))
        except Locked:
            await _open(checkpoints=False)
        else:
            if _make_private():
                print(f"onhand: a new shop begins, in {DB.shop}", file=sys.stderr)
            await _open()
            await up_to_date()
        try:
            yield
        finally:
            await DB.close()


def name(typed: str) -> str:
    """The name of a clerk or a program, as it is kept."""
    try:
        return fields.clerk_name(typed)
    except ValueError as mistake:
        raise Unusable(str(mistake)) from None


async def up_to_date() -> list[str]:
    """Run the steps that the database lacks, after a verified copy of what was there before."""
    if await unknown():
        raise Unusable(f"{DB.shop} was made by a newer Onhand; use that one.")
    steps = await missing()
    if steps and await DB.fetch("SELECT 1 FROM sqlite_master WHERE name = 'product'"):
        now = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        copy(DB.shop, Path(f"{DB.shop}.before-{now}"))
    return await migrate() if steps else []


async def _open(*, checkpoints: bool = True) -> None:
    try:
        await DB.open(checkpoints=checkpoints)
    except sqlite3.DatabaseError as error:
        raise Unusable(f"{DB.shop} cannot be opened: {error}.") from None


def _check_folder() -> None:
    folder = Path(DB.shop).parent
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}.")


def _make_private() -> bool:
    """A new shop is for its owner's eyes only. Whether it is a new one."""
    path = Path(DB.shop)
    is_new = not path.exists()
    if is_new:
        path.touch(mode=0o600)
    return is_new
