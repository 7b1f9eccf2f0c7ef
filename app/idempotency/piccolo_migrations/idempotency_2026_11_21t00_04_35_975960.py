"""One answer per actor and key."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T00:04:35:975960"
VERSION = "1.38.0"
DESCRIPTION = "One answer per actor and key"

STATEMENTS = [
    "CREATE UNIQUE INDEX answer_key ON answer (actor, key)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="idempotency", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
