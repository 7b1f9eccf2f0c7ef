"""Indexes for low stock and histories; the event log is append-only."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB
from app.database.dialect import append_only

ID = "2026-11-21T00:04:35:099165"
VERSION = "1.38.0"
DESCRIPTION = "Indexes for low stock and histories; the event log is append-only"

STATEMENTS = [
    "CREATE INDEX stock_event_product ON stock_event (product, id)",
    "CREATE INDEX stock_level_low ON stock_level ((on_hand - reserved), product) "
    "WHERE on_hand - reserved <= reorder_point",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in [*STATEMENTS, *append_only("stock_event", DB.engine_type)]:
        await DB.run_ddl(statement)
