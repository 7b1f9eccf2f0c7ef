"""What is kept for a while only: it is forgotten in steps, so that no sale waits for the rest."""

from typing import Any

from piccolo.table import Table

from app.database.prepared import Prepared

AT_ONCE = 500  # rows in one step


def forgetting(table: type[Table], which: str, *values: Any) -> Prepared[int]:
    """A statement that deletes some of the rows that this SQL condition is true of."""
    name = table._meta.tablename  # noqa: SLF001 - Piccolo has no other word for it
    return Prepared(
        table.raw(
            f"DELETE FROM {name} WHERE id IN "  # noqa: S608 - our own constants
            f"(SELECT id FROM {name} WHERE {which} LIMIT {AT_ONCE}) RETURNING id",
            *values,
        ),
        int,
    )
