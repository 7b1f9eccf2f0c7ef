"""What those who watch over the program are told, also when it is not well."""

import asyncio
from pathlib import Path

import pytest

from app import health
from app.database import DB, pool
from tests import asgi, make, shops
from tests.database import notes


async def ready() -> tuple[int, str, dict[str, tuple[bool, str]]]:
    """The status, the verdict, and each check with its note."""
    async with asgi.client(raise_app_exceptions=False) as watcher:
        answer = await watcher.get("/readyz")
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    checks = {check["name"]: (check["ok"], check["note"]) for check in told["checks"]}
    return answer.status_code, told["status"], checks


async def test_a_shop_that_can_work_is_ready():
    status, verdict, checks = await ready()

    assert (status, verdict) == (200, "ok")
    ours = ["disk", "backup"] if DB.is_file else []
    assert [name for name, (ok, _) in checks.items() if ok] == ["database", "schema", *ours]


@pytest.mark.sqlite
async def test_a_shop_whose_disk_takes_nothing_is_not_ready(shop: Path):
    await make.product("MUG")  # so that the WAL is at its end

    with notes.files_cannot_grow(shop):
        status, verdict, checks = await ready()

    assert (status, verdict) == (503, "failing")
    assert checks["database"] == (False, "it failed: the log says why")
    assert checks["schema"] == (True, "")


@pytest.mark.postgresql
async def test_a_shop_that_may_only_be_read_is_not_ready(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(pool.SETTINGS, "default_transaction_read_only", "on")
    await DB.close()
    await DB.open()

    status, verdict, checks = await ready()

    assert (status, verdict) == (503, "failing")
    assert checks["database"] == (False, "it failed: the log says why")


@pytest.mark.sqlite
async def test_a_shop_that_cannot_write_is_not_ready(
    shop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("app.database.writer.PATIENCE", 0.0)

    with shops.beside(shop) as somebody:
        somebody.rows("BEGIN IMMEDIATE")
        status, verdict, checks = await ready()

    assert (status, verdict) == (503, "failing")
    assert checks["database"] == (False, "it failed: the log says why")
    assert "check database: database is locked" in caplog.text
    assert checks["schema"] == (True, "")


@pytest.mark.sqlite
async def test_a_schema_that_cannot_be_read_is_a_failed_check_and_no_broken_page(shop: Path):
    with shops.beside(shop) as somebody:
        somebody.rows("ALTER TABLE migration RENAME COLUMN name TO step")

    status, verdict, checks = await ready()

    assert (status, verdict) == (503, "failing")
    assert checks["schema"] == (False, "it failed: the log says why")


async def test_a_shop_that_lacks_a_step_is_not_ready(shop: Path):
    with shops.beside(shop) as somebody:
        somebody.rows("DELETE FROM migration WHERE app_name = 'idempotency'")

    status, _, checks = await ready()

    assert status == 503
    assert checks["schema"] == (False, "it lacks 2 steps")


async def test_a_shop_that_a_newer_program_brought_up_to_date_is_not_ready(shop: Path):
    with shops.beside(shop) as somebody:
        somebody.rows("INSERT INTO migration (name, app_name) VALUES ('2031-01-02', 'stock')")

    status, _, checks = await ready()

    assert status == 503
    assert checks["schema"] == (False, "it has 1 step of a newer Onhand")


async def test_however_often_it_is_asked_it_looks_once_a_second(monkeypatch: pytest.MonkeyPatch):
    looks = []

    async def look() -> tuple[bool, str]:
        looks.append(1)
        return True, ""

    monkeypatch.setitem(health.CHECKS, "database", look)
    now = 100.0
    monkeypatch.setattr(health, "monotonic", lambda: now)

    await asyncio.gather(*(ready() for _ in range(20)))
    now += 0.9
    await ready()
    assert len(looks) == 1
    now += 0.2
    await ready()

    assert len(looks) == 2


async def test_while_it_closes_it_is_not_ready_and_alive():
    await DB.close()

    status, _, checks = await ready()
    async with asgi.client() as watcher:
        alive = await watcher.get("/healthz")

    assert status == 503
    assert checks["database"] == checks["schema"] == (False, "it failed: the log says why")
    assert alive.status_code == 200
