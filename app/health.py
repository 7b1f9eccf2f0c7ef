"""Whether the program lives, and whether it can do its work: for those who watch over it."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from litestar import get

from app.backups import schedule
from app.database import DB
from app.database.checkpoints import old_sqlite
from app.database.migrate import missing
from app.web.answer import JSON, Answer

LEAST_FREE = 0.05  # of the disk

Found = tuple[bool, str]  # whether it is well, and what is to be said of it


class Check(msgspec.Struct):
    name: str
    ok: bool
    note: str = ""


class Health(msgspec.Struct):
    status: str
    checks: list[Check] = []


@get("/healthz")
async def alive() -> Answer:
    return _answer(Health("ok"))


@get("/readyz")
async def ready() -> Answer:
    found = await checks()
    return _answer(Health("ok" if all(check.ok for check in found) else "failing", found))


async def checks() -> list[Check]:
    """Everything that is looked at, one after the other."""
    return [await _checked(name, look) for name, look in CHECKS.items()]


async def _checked(name: str, look: Callable[[], Awaitable[Found]]) -> Check:
    try:
        ok, note = await look()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what has to be told
        ok, note = False, str(error)
    return Check(name, ok=ok, note=note)


async def _database() -> Found:
    await DB.run(_write_nothing)
    return True, old_sqlite() if DB.is_file else ""


async def _write_nothing() -> None:
    """Takes the write lock and commits, as a sale would."""
    await DB.fetch("SELECT 1")


async def _schema() -> Found:
    steps = await missing()
    return not steps, f"{len(steps)} steps are missing" if steps else ""


async def _disk() -> Found:
    usage = shutil.disk_usage(Path(DB.shop).parent)
    free = usage.free / usage.total
    return free > LEAST_FREE, f"{free:.0%} free"


async def _backup() -> Found:
    """An old backup is for the owner to mend; the shop sells as well without one."""
    return True, schedule.note()


CHECKS = {"database": _database, "schema": _schema}
if DB.is_file:  # a PostgreSQL server watches over its own disk and its own copies
    CHECKS |= {"disk": _disk, "backup": _backup}


def _answer(health: Health) -> Answer:
    status = 200 if health.status == "ok" else 503
    return Answer(msgspec.json.encode(health), status=status, media_type=JSON)
