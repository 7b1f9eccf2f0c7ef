"""Holds are found by their end; for whom units are reserved; earlier returns went to the shelf."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T05:55:10:928959"
VERSION = "1.38.0"
DESCRIPTION = "Holds are found by their end; for whom units are reserved"

STATEMENTS = [
    "CREATE INDEX orders_due ON orders (expires_at) WHERE status = 'open'",
    "CREATE UNIQUE INDEX orders_recalled ON orders (recalled_by) "
    "WHERE status = 'open' AND recalled_by IS NOT NULL",
    "CREATE INDEX orders_reference ON orders (reference, id) WHERE reference <> ''",
    "CREATE INDEX backorder_open ON backorder (product, id) WHERE closed_at IS NULL",
    "INSERT INTO line_return (line, quantity, condition) "
    "SELECT id, returned, 'shelf' FROM order_line WHERE returned > 0",
    # What stock knows of orders: a view, because orders stand above it.
    "CREATE VIEW promise AS SELECT n.product, o.id AS order_id, n.quantity AS units, "
    "coalesce(nullif(o.customer, ''), o.actor) AS said_for, o.expires_at "
    'FROM orders o JOIN order_line n ON n."order" = o.id WHERE o.status = \'open\'',
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="orders", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
