"""Who follows the event log knows up to where it is complete."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB
from app.database.dialect import announced

ID = "2026-11-21T09:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Who follows the event log knows up to where it is complete"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in announced("stock_event", DB.engine_type):
        await DB.run_ddl(statement)
