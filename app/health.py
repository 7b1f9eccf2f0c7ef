"""Whether the program lives, and whether it can do its work: for those who watch over it."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

import msgspec
from litestar import get
from piccolo.apps.migrations.tables import Migration

from app.backups import schedule
from app.database import DB
from app.database.checkpoints import old_sqlite
from app.database.migrate import missing, unknown
from app.web.answer import JSON, Answer
from app.words import plural

LEAST_FREE = 0.05  # of the disk
FRESH = 1.0  # seconds for which it was looked at, whoever asks again, and however often
SEE_LOG = "it failed: the log says why"

logger = logging.getLogger("onhand")

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


_looked: dict[str, tuple[float, list[Check]]] = {}  # at this shop: when, and what was found
_one_at_a_time = asyncio.Lock()


async def checks() -> list[Check]:
    """Everything that is looked at, one after the other."""
    async with _one_at_a_time:
        when, found = _looked.get(DB.shop, (-FRESH, []))
        if monotonic() - when > FRESH:
            found = [await _checked(name, look) for name, look in CHECKS.items()]
            _looked.clear()
            _looked[DB.shop] = monotonic(), found
    return found


async def _checked(name: str, look: Callable[[], Awaitable[Found]]) -> Check:
    try:
        ok, note = await look()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what has to be told
        logger.warning("check %s: %s", name, error)
        ok, note = False, SEE_LOG
    return Check(name, ok=ok, note=note)


async def _database() -> Found:
    await DB.run(_write_something)
    return True, old_sqlite() if DB.is_file else ""


async def _write_something() -> None:
    """And take it away: only who writes knows whether the disk takes it."""
    await Migration.insert(Migration(name="", app_name=__name__))
    await Migration.delete().where(Migration.app_name == __name__)


async def _schema() -> Found:
    if steps := await missing():
        return False, f"it lacks {plural(len(steps), 'step')}"
    if steps := await unknown():
        return False, f"it has {plural(len(steps), 'step')} of a newer Onhand"
    return True, ""


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
