"""The log of one kind of event; of all but sales, which are most of it and cost nothing more."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The log of one kind of event"

STATEMENT = "CREATE INDEX stock_event_kind ON stock_event (kind, id) WHERE kind <> 'sold'"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    await DB.run_ddl(STATEMENT)
