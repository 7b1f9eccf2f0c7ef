"""What SQLite and PostgreSQL say differently. Nothing of the kind stands anywhere else."""

from typing import Any

from piccolo.columns import Integer

BILLION = 1_000_000_000


class Whole(Integer):
    """A whole number that the database itself keeps between ``least`` and ``most``.

    SQLite stores text and fractions in any column, so there it also insists on an integer.
    ``rule`` is one more condition, in SQL, which may name other columns of the table.
    """

    def __init__(self, least: int = 0, most: int = BILLION, rule: str = "", **kwargs: Any) -> None:
        self.least, self.most, self.rule = least, most, rule
        kwargs.setdefault("default", None)
        super().__init__(**{**kwargs, "least": least, "most": most, "rule": rule})

    @property
    def column_type(self) -> str:
        name = f'"{self._meta.db_column_name}"'
        rules = [f"{name} BETWEEN {self.least} AND {self.most}"]
        if self._meta.engine_type == "sqlite":
            kind = "INTEGER"
            rules.insert(0, f"typeof({name}) = 'integer'")
        else:
            kind = "BIGINT" if self.most >= 1 << 31 else "INTEGER"
        if self.rule:
            rules.append(f"({self.rule})")
        check = " AND ".join(rules)
        return f"{kind} CHECK ({f'{name} IS NULL OR ' if self._meta.null else ''}{check})"


def hour_of(column: str, engine_type: str) -> str:
    """The hour in which a moment lies, as something to be told apart and counted."""
    if engine_type == "sqlite":  # where a moment is text: 2026-11-21 14:32:05.123456+00:00
        return f"substr({column}, 1, 13)"
    return f"date_trunc('hour', {column})"


def append_only(table: str, engine_type: str) -> list[str]:
    """Statements after which rows of ``table`` can be added, and never changed or deleted."""
    refusal = f"{table} is append-only"
    if engine_type == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"EXECUTE FUNCTION {table}_append_only()",
    ]


def announced(log: str, engine_type: str) -> list[str]:
    """Statements after which whoever writes into ``log`` first says from which number on.

    SQLite has one writer at a time, so numbers are committed in their order and nobody need ask.
    PostgreSQL gives numbers out before the commit. There each transaction takes a lock, once, that
    names the newest number it found; others see it until the commit, and nobody waits for it.
    """
    if engine_type == "sqlite":
        return []
    return [
        f"CREATE FUNCTION {log}_announced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF coalesce(current_setting('onhand.{log}', true), '') = '' THEN "
        f"PERFORM pg_advisory_xact_lock_shared('{log}'::regclass::oid::integer, "
        f"((last_value - CASE WHEN is_called THEN 0 ELSE 1 END) & {_HALF})::integer) "
        f"FROM {log}_id_seq; "
        f"PERFORM set_config('onhand.{log}', 'announced', true); "
        "END IF; RETURN NULL; END $$",
        f"CREATE TRIGGER {log}_announced BEFORE INSERT ON {log} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {log}_announced()",
    ]


def settled(log: str, engine_type: str) -> str:
    """SQL for the number up to which a log is complete: nothing below it can appear any more.

    What was committed before it was asked is there for whoever reads *after* it.
    """
    newest = f"SELECT coalesce(max(id), 0) FROM {log}"  # noqa: S608 - the name is our own
    if engine_type == "sqlite":
        return newest
    return (
        f"SELECT least(({newest}), (SELECT min(s.last_value - "  # noqa: S608
        f"((s.last_value - l.objid::bigint) & {_HALF})) "
        f"FROM pg_locks l, {log}_id_seq s WHERE l.locktype = 'advisory' AND l.objsubid = 2 "
        f"AND l.classid = '{log}'::regclass::oid AND l.pid <> pg_backend_pid() AND l.database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())))"
    )


_HALF = (1 << 31) - 1  # what fits into one half of an advisory lock

# What only SQLite has to be asked: columns that took something else than a whole number, and
# whether the file itself is sound.
NOT_WHOLE = """
    SELECT 'level of product ' || product, on_hand || ', ' || reserved FROM stock_level
    WHERE typeof(on_hand) <> 'integer' OR typeof(reserved) <> 'integer'
    UNION ALL SELECT 'event ' || id, on_hand_change || ', ' || reserved_change FROM stock_event
    WHERE typeof(on_hand_change) <> 'integer' OR typeof(reserved_change) <> 'integer'
    UNION ALL SELECT 'order line ' || id, quantity || ', ' || unit_price_cents FROM order_line
    WHERE typeof(quantity) <> 'integer' OR typeof(unit_price_cents) <> 'integer'"""
INTEGRITY = ("PRAGMA integrity_check", "PRAGMA foreign_key_check")
