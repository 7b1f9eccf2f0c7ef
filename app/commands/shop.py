"""Opening the shop for one command."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext
from errno import ENOSPC
from pathlib import Path
from typing import Any

import uvloop

from app import fields
from app.accounts.actions import By
from app.backups.folder import Kind, keep
from app.commands.beginning import Unusable, begin, look_at
from app.database import DB, lock
from app.database.backup import BadCopy
from app.database.migrate import known, migrate, missing, unknown
from app.errors import Refusal

__all__ = [
    "OWNER",
    "RESTORING",
    "InUse",
    "Unusable",
    "alone",
    "as_it_is",
    "beside",
    "locked",
    "name",
    "run",
]

RESTORING = "restoring"  # what the lock says meanwhile

OWNER = By("command line")  # whoever has the machine


class InUse(Unusable):
    """A server or another command has the shop."""

    def __init__(self) -> None:
        super().__init__(f"{DB.shop} is in use by a server or by another command.")


# What a command ends with in one sentence; anything else is a bug.
SAID: tuple[type[Exception], ...] = (Unusable, BadCopy, Refusal, OSError, *DB.errors)


FULL = "The disk is full: make room, and try again."


def run(command: Callable[..., Coroutine[Any, Any, int | None]], *args: Any) -> int:
    """Run a command to its end. A shop that cannot be used is one sentence and exit status 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(command(*args)) or 0
    except SAID as error:
        print(f"onhand: {_said(error)}", file=sys.stderr)
        return 1


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return FULL if error.errno == ENOSPC else str(error)
    if isinstance(error, (BadCopy, *DB.errors)) and "disk is full" in str(error):
        return FULL
    if DB.is_passing(error):
        return f"{DB.said} cannot do it now, try again: {error}."
    return str(error)


def check_file() -> Path:
    """Where the shop is. Refuses a shop that PostgreSQL keeps, which has tools of its own."""
    if not DB.is_file:
        raise Unusable("This shop is kept by PostgreSQL: use pg_dump and pg_restore.")
    return Path(DB.shop)


@contextmanager
def locked() -> Iterator[None]:
    """The shop, closed, and nobody else opens it meanwhile."""
    folder = Path(DB.shop).parent
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}.")
    with ExitStack() as stack:
        try:
            stack.enter_context(lock.only_one(DB.shop))
        except lock.Locked:
            raise InUse from None
        except OSError as error:
            raise Unusable(f"{DB.shop} cannot be opened: {error}.") from None
        yield


@asynccontextmanager
async def alone() -> AsyncIterator[list[str]]:
    """The shop, brought up to date, and a file for this command only; yields the steps run."""
    with locked() if DB.is_file else nullcontext():
        begun = await begin() if DB.is_file else []
        await _open()
        try:
            yield begun or await up_to_date()
        finally:
            await DB.close()


@asynccontextmanager
async def as_it_is() -> AsyncIterator[None]:
    """The shop, whether it is being served or not; nothing about it is brought up to date."""
    if DB.is_file and not Path(DB.shop).exists():
        raise Unusable(f"There is no shop at {DB.shop}.")
    with _locked_or_served() if DB.is_file else nullcontext(False) as is_ours:
        await _open(checkpoints=is_ours)
        try:
            await _check_steps()
            yield
        finally:
            await DB.close()


@asynccontextmanager
async def beside() -> AsyncIterator[None]:
    """The shop, whether it is being served at this moment or not."""
    if not DB.is_file:  # which others may serve, so they are not to find it changed
        async with as_it_is():
            yield
        return
    with _locked_or_served() as is_ours:
        if is_ours and await begin():
            print(f"onhand: a new shop begins, in {DB.shop}", file=sys.stderr)
        await _open(checkpoints=is_ours)
        try:
            if is_ours:
                await up_to_date()
            yield
        finally:
            await DB.close()


@contextmanager
def _locked_or_served() -> Iterator[bool]:
    """A file, whether nobody else has it. Refuses one that is being restored, or not there yet."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked())
        except InUse:
            if lock.noted(DB.shop) == RESTORING or not Path(DB.shop).exists():
                raise
            yield False
        else:
            yield True


def name(typed: str) -> str:
    """The name of a clerk or a program, as it is kept."""
    try:
        return fields.clerk_name(typed)
    except ValueError as mistake:
        raise Unusable(str(mistake)) from None


async def up_to_date() -> list[str]:
    """Run the steps that the database lacks, after a verified copy of what was there before."""
    await _check_newer()
    steps = await missing()
    if steps and DB.is_file and await DB.fetch("SELECT 1 FROM sqlite_master LIMIT 1"):
        backup = keep(Kind.BEFORE_UPGRADE)
        await migrate()
        print(f"onhand: brought up to date; as it was before, it is in {backup}", file=sys.stderr)
    elif steps:
        await migrate()
    return steps


async def _check_newer() -> None:
    if await unknown():
        raise Unusable(f"{DB.said} was made by a newer Onhand; use that one.")


async def _check_steps() -> None:
    await _check_newer()
    steps = await missing()
    if len(steps) == len(known()):
        raise Unusable(f"There is no shop in {DB.said}; `onhand migrate` makes one.")
    if steps:
        raise Unusable(
            f"{DB.said} was made by an older Onhand; `onhand migrate` brings it up to date."
        )


async def _open(*, checkpoints: bool = True) -> None:
    try:
        if DB.is_file:
            look_at(Path(DB.shop))
        await DB.open(checkpoints=checkpoints)
        encoding = "UTF8" if DB.is_file else (await DB.fetch("SHOW server_encoding"))[0][0]
    except DB.errors as error:
        raise Unusable(f"{DB.said} cannot be opened: {error}.") from None
    if encoding != "UTF8":
        await DB.close()
        raise Unusable(
            f"{DB.said} keeps text as {encoding}, which lacks letters. Make it anew with: "
            "createdb --encoding=UTF8 --template=template0"
        )
