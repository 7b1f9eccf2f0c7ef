"""Whatever an action did is found again, an event is taken back once, a product is recounted once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T05:55:10:549529"
VERSION = "1.38.0"
DESCRIPTION = "What an action did is found again, an event is taken back once"

STATEMENTS = [
    "CREATE INDEX stock_event_operation ON stock_event (operation) WHERE operation IS NOT NULL",
    "CREATE UNIQUE INDEX stock_event_undoes ON stock_event (undoes) WHERE undoes IS NOT NULL",
    "CREATE INDEX stock_event_order ON stock_event (order_id, id) WHERE order_id IS NOT NULL",
    "CREATE UNIQUE INDEX recount_asked ON recount (product) WHERE done_at IS NULL",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="stock", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
