"""Whether the program lives, and whether it can do its work: for those who watch over it."""

import shutil
import sqlite3
from pathlib import Path

import msgspec
from litestar import get

from app.database import DB
from app.database.checkpoints import old_sqlite
from app.database.migrate import missing
from app.web.answer import JSON, Answer

LEAST_FREE = 0.05  # of the disk


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
    checks = [await _database(), await _schema(), _disk()]
    return _answer(Health("ok" if all(check.ok for check in checks) else "failing", checks))


async def _database() -> Check:
    try:
        await DB.run(_write_nothing)
    except sqlite3.Error as error:
        return Check("database", ok=False, note=str(error))
    return Check("database", ok=True, note=old_sqlite())


async def _write_nothing() -> None:
    """Takes the write lock and commits, as a sale would."""
    await DB.fetch("SELECT 1")


async def _schema() -> Check:
    steps = await missing()
    return Check("schema", ok=not steps, note=f"{len(steps)} steps are missing" if steps else "")


def _disk() -> Check:
    usage = shutil.disk_usage(Path(DB.path).parent)
    free = usage.free / usage.total
    return Check("disk", ok=free > LEAST_FREE, note=f"{free:.0%} free")


def _answer(health: Health) -> Answer:
    status = 200 if health.status == "ok" else 503
    return Answer(msgspec.json.encode(health), status=status, media_type=JSON)
