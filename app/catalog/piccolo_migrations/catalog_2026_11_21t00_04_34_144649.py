"""Indexes for the stock list and the search."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import DB

ID = "2026-11-21T00:04:34:144649"
VERSION = "1.38.0"
DESCRIPTION = "Indexes for the stock list and the search"

STATEMENTS = [
    "CREATE INDEX product_name ON product (name_key, id)",
    "CREATE INDEX product_archived ON product (id) WHERE archived",
    "CREATE UNIQUE INDEX search_entry_word ON search_entry (word, product)",
    "CREATE UNIQUE INDEX spelling_spelling ON spelling (spelling, word)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    for statement in STATEMENTS:
        await DB.run_ddl(statement)
