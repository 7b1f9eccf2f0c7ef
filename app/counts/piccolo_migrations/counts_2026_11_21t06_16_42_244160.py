"""A product has one line in a session; entries are found by their clerk."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:16:42:244160"
VERSION = "1.38.0"
DESCRIPTION = "A product has one line in a session; entries are found by their clerk"

STATEMENTS = [
    "CREATE UNIQUE INDEX count_line_product ON count_line (session, product)",
    "CREATE INDEX count_entry_clerk ON count_entry (session, clerk, id)",
    "CREATE INDEX count_session_open ON count_session (id) WHERE status = 'open'",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="counts", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
