"""The newest crossing of a product is one step along an index."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:00:52:755533"
VERSION = "1.38.0"
DESCRIPTION = "The newest crossing of a product is one step along an index"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="alerts", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    await DB.run_ddl(
        "CREATE INDEX stock_event_low ON stock_event (product, id) WHERE kind = 'low_stock'"
    )
