"""The newest orders that are no sale, of which there are few, are found by status."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The newest orders that are no sale are found by status"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    await DB.run_ddl(
        "CREATE INDEX orders_no_sale ON orders (status, id) "
        "WHERE status <> 'draft' AND status <> 'completed'"
    )
