"""Who still waits is found in the order of asking, however many were served before."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T07:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Who still waits is found in the order of asking"

STATEMENTS = [
    "DROP INDEX backorder_open",
    "CREATE INDEX backorder_open ON backorder (id) WHERE closed_at IS NULL",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
