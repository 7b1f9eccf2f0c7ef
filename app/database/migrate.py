"""Bringing the database up to date: every step that is missing, or none of them."""

import io
from contextlib import redirect_stdout
from functools import cache

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from app.database.connection import DB


async def migrate() -> list[str]:
    """Run what is missing as one transaction. Returns the names of the steps that were run."""
    return await DB.run(_forwards)


async def missing() -> list[str]:
    """The steps that the database still lacks."""
    return sorted(known() - await _done())


async def unknown() -> list[str]:
    """The steps of the database that this program does not know: it was made by a newer one."""
    return sorted(await _done() - known())


async def _forwards() -> list[str]:
    await DB.turn("migrations")
    steps = await missing()
    if steps:
        await DB.take_time()
        with redirect_stdout(io.StringIO()) as said:
            result = await run_forwards("all")
        if not result.success:
            raise RuntimeError(said.getvalue())
    return steps


async def _done() -> set[str]:
    if not await Migration.table_exists():
        return set()
    rows = await Migration.select(Migration.app_name, Migration.name)
    return {f"{row['app_name']} {row['name']}" for row in rows}


@cache  # Piccolo adds to sys.path each time it looks
def known() -> set[str]:
    """Every step of this program."""
    manager = BaseMigrationManager()
    return {
        f"{app.app_name} {step}"
        for app in manager.get_app_configs()
        for step in manager.get_migration_modules(app.resolved_migrations_folder_path)
    }
