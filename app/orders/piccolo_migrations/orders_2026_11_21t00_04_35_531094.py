"""One cart per clerk; each clerk's last sale."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T00:04:35:531094"
VERSION = "1.38.0"
DESCRIPTION = "One cart per clerk; each clerk's last sale"

STATEMENTS = [
    "CREATE UNIQUE INDEX orders_cart ON orders (clerk) WHERE status = 'draft'",
    "CREATE INDEX orders_clerk ON orders (clerk, status, completed_at)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
