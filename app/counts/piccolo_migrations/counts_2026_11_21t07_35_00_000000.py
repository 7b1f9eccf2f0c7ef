"""An event belongs to one count."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T07:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An event belongs to one count"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="counts", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    await DB.run_ddl(
        "CREATE UNIQUE INDEX count_line_event ON count_line (event) WHERE event IS NOT NULL"
    )
