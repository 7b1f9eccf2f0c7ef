"""Orders are listed by status, the newest first."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Orders are listed by status, the newest first"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    await DB.run_ddl("CREATE INDEX orders_status ON orders (status, id)")
