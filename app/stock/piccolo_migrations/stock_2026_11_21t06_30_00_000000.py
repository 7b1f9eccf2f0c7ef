"""The log of one kind of event, and of what was undone; sales, most of it, cost nothing more."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The log of one kind of event, and of what was undone"

STATEMENTS = [
    "CREATE INDEX stock_event_kind ON stock_event (kind, id) WHERE kind <> 'sold'",
    "CREATE INDEX stock_event_undone ON stock_event (id) WHERE undoes IS NOT NULL",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
