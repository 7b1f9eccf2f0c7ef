"""A shop goes from its file into PostgreSQL: row by row, in steps that can be taken again."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from piccolo.conf.apps import Finder
from piccolo.table import Table, sort_table_classes

from app.database.connection import DB
from app.database.engine import Row
from app.database.postgres import PostgresEngine

BATCH = 5_000  # rows that are there together or not at all


class Differs(Exception):
    """The database there holds something else; its text is the name of the table."""


class Moved(NamedTuple):
    """One table of which every row is there."""

    table: str
    rows: int


async def move(to: PostgresEngine) -> AsyncIterator[Moved]:
    """Copy every table, and go on behind what an earlier attempt has copied.

    What is there already has to be equal: raises Differs. Nobody else has either shop open.
    """
    for table in _tables():
        yield Moved(table.name, await _each_row(table, to, is_copy=True))
        await _number_on(table, to)


async def compare(to: PostgresEngine) -> None:
    """Read both shops once more, whole, row beside row. Raises Differs unless they are equal."""
    for table in _tables():
        await _each_row(table, to, is_copy=False)


class _Table(NamedTuple):
    name: str
    key: str  # a whole number, in the first column
    columns: Sequence[str]

    @property
    def rows(self) -> str:
        columns = ", ".join(f'"{column}"' for column in self.columns)
        return f'SELECT {columns} FROM {self.name} WHERE "{self.key}"'  # noqa: S608 - our own names


def _tables() -> list[_Table]:
    """Every table, each behind those that its rows refer to."""
    return [_described(table) for table in sort_table_classes(Finder().get_table_classes())]


def _described(table: type[Table]) -> _Table:
    columns = [column._meta.db_column_name for column in table._meta.columns]  # noqa: SLF001
    key = table._meta.primary_key._meta.db_column_name  # noqa: SLF001
    columns.remove(key)
    return _Table(table._meta.tablename, key, [key, *columns])  # noqa: SLF001


async def _each_row(table: _Table, to: PostgresEngine, *, is_copy: bool) -> int:
    """Have every row there, or see that it is. How many there are."""
    last, seen = 0, 0
    order = f'ORDER BY "{table.key}"'
    while here := await DB.fetch(f"{table.rows} > ? {order} LIMIT {BATCH}", [last]):
        until = here[-1][0]
        there = await to.fetch(f'{table.rows} > $1 AND "{table.key}" <= $2 {order}', [last, until])
        if is_copy and not there:
            await to.add(table.name, table.columns, here)
        elif _typed(there) != _typed(here):
            raise Differs(table.name)
        last, seen = until, seen + len(here)
    if await to.fetch(f"{table.rows} > $1 LIMIT 1", [last]):
        raise Differs(table.name)
    return seen


def _typed(rows: Sequence[Row]) -> list[tuple[tuple[type, object], ...]]:
    """So that 1 is not True."""
    return [tuple((type(value), value) for value in row) for row in rows]


async def _number_on(table: _Table, to: PostgresEngine) -> None:
    """The next row has the next number."""
    await to.fetch(
        f'SELECT setval(s, greatest((SELECT max("{table.key}") FROM {table.name}), 1), '  # noqa: S608
        f"EXISTS (SELECT 1 FROM {table.name})) "
        f"FROM pg_get_serial_sequence('{table.name}', '{table.key}') s WHERE s IS NOT NULL"
    )
