"""Who follows the changes of holds knows up to where they are complete."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB
from app.database.dialect import announced

ID = "2026-11-21T09:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Who follows the changes of holds knows up to where they are complete"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in announced("hold_change", DB.engine_type):
        await DB.run_ddl(statement)
