"""One delivery per hook and event; what is due, what failed, what is old."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T05:52:21:224696"
VERSION = "1.38.0"
DESCRIPTION = "One delivery per hook and event; what is due, what failed, what is old"

STATEMENTS = [
    "CREATE UNIQUE INDEX hook_delivery_event ON hook_delivery (hook, event)",
    "CREATE INDEX hook_delivery_log ON hook_delivery (hook, id)",
    "CREATE INDEX hook_delivery_due ON hook_delivery (hook, next_at, id) "
    "WHERE status = 'pending'",
    "CREATE INDEX hook_delivery_trouble ON hook_delivery (hook, id) WHERE error <> ''",
    "CREATE INDEX hook_delivery_done ON hook_delivery (done_at)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="webhooks", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
