"""Bugs in what is done to a shop by a command, or before it is served."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.commands import beginning
from app.database import DB
from app.imports import actions
from tests.faults.careless.bugs import bug, put


@bug
def piecemeal() -> None:
    """A sheet is brought in row by row."""
    put(actions, bring_in=actions.bring_in.__wrapped__)  # type: ignore[attr-defined]


@bug
def trusting() -> None:
    """What is left of a shop beside its place says nothing."""
    put(beginning, _trace=lambda _: None, is_wal_lost=lambda _: False)


@bug
def stepwise() -> None:
    """Each step of a migration is committed when it is done."""
    honest = MigrationManager.run

    async def run(self: MigrationManager, *args: Any, **kwargs: Any) -> None:
        await honest(self, *args, **kwargs)
        await DB.fetch("COMMIT")
        await DB.fetch("BEGIN IMMEDIATE" if DB.is_file else "BEGIN")

    put(MigrationManager, run=run)
