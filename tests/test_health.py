"""What those who watch over the program are told, also when it is not well."""

from pathlib import Path

import pytest

from app.database import DB
from tests import asgi, shops


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
async def test_a_shop_that_cannot_write_is_not_ready(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.database.writer.PATIENCE", 0.0)

    with shops.beside(shop) as somebody:
        somebody.rows("BEGIN IMMEDIATE")
        status, verdict, checks = await ready()

    assert (status, verdict) == (503, "failing")
    assert checks["database"] == (False, "database is locked")
    assert checks["schema"] == (True, "")


@pytest.mark.sqlite
async def test_a_schema_that_cannot_be_read_is_a_failed_check_and_no_broken_page(shop: Path):
    with shops.beside(shop) as somebody:
        somebody.rows("ALTER TABLE migration RENAME COLUMN name TO step")

    status, verdict, checks = await ready()

    assert (status, verdict) == (503, "failing")
    assert checks["database"][0]
    assert checks["schema"] == (False, "no such column: migration.name")


async def test_a_shop_that_lacks_a_step_is_not_ready(shop: Path):
    with shops.beside(shop) as somebody:
        somebody.rows("DELETE FROM migration WHERE app_name = 'idempotency'")

    status, _, checks = await ready()

    assert status == 503
    assert checks["schema"] == (False, "2 steps are missing")


async def test_while_it_closes_it_is_not_ready_and_alive():
    await DB.close()

    status, _, checks = await ready()
    async with asgi.client() as watcher:
        alive = await watcher.get("/healthz")

    assert status == 503
    assert checks["database"] == checks["schema"] == (False, "the database is not open")
    assert alive.status_code == 200
