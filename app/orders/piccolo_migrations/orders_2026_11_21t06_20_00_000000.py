"""Orders that are over are found by when they ended; orders are found by whom they are for."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T06:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Orders are found by when they ended, and by whom they are for"

STATEMENTS = [
    "CREATE INDEX orders_ended ON orders (status, coalesce(closed_at, completed_at), id) "
    "WHERE status IN ('completed', 'cancelled', 'expired')",
    "CREATE INDEX orders_named ON orders (id, lower(customer || ' ' || reference)) "
    "WHERE customer <> '' OR reference <> ''",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
