"""The audit: whether levels, log and orders tell one story. Plain SQL, apart from the actions."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app import clock
from app.database import DB
from app.database.backup import Ask
from app.database.dialect import INTEGRITY, NOT_WHOLE

_LEVELS = "FROM stock_level l JOIN product p ON p.id = l.product"

# Each finds what must not be: a row is a thing, and what is wrong with it.
AUDITS = {
    "is not between nothing and what is on hand": f"""
        SELECT p.sku, 'reserved ' || l.reserved || ' of ' || l.on_hand {_LEVELS}
        WHERE l.on_hand < 0 OR l.reserved < 0 OR l.reserved > l.on_hand""",
    "has no level": """
        SELECT p.sku, 'product ' || p.id FROM product p
        WHERE NOT EXISTS (SELECT 1 FROM stock_level l WHERE l.product = p.id)""",
    "differs from its log": f"""
        SELECT p.sku, 'on hand ' || l.on_hand || ', reserved ' || l.reserved || '; log '
            || coalesce(e.on_hand, 0) || ', ' || coalesce(e.reserved, 0)
        {_LEVELS} LEFT JOIN (
            SELECT product, sum(on_hand_change) AS on_hand, sum(reserved_change) AS reserved
            FROM stock_event GROUP BY product) e ON e.product = l.product
        WHERE l.on_hand <> coalesce(e.on_hand, 0) OR l.reserved <> coalesce(e.reserved, 0)""",
    "is reserved for other than its open orders": f"""
        SELECT p.sku, 'reserved ' || l.reserved || ', open orders ' || coalesce(o.units, 0)
        {_LEVELS} LEFT JOIN (
            SELECT n.product, sum(n.quantity) AS units FROM order_line n
            JOIN orders o ON o.id = n."order" WHERE o.status = 'open' GROUP BY n.product
        ) o ON o.product = l.product
        WHERE l.reserved <> coalesce(o.units, 0)""",
    "does not follow from the events before it": """
        SELECT 'event ' || id, 'on hand ' || on_hand || ', reserved ' || reserved FROM (
            SELECT id, on_hand, reserved,
                sum(on_hand_change) OVER sofar AS on_hand_sum,
                sum(reserved_change) OVER sofar AS reserved_sum
            FROM stock_event WINDOW sofar AS (PARTITION BY product ORDER BY id)) e
        WHERE on_hand <> on_hand_sum OR reserved <> reserved_sum""",
    "was alerted twice without a restock between": """
        SELECT 'event ' || id, kind FROM (
            SELECT id, kind, lag(kind) OVER (PARTITION BY product ORDER BY id) AS before
            FROM stock_event WHERE kind IN ('low_stock', 'restocked')) e
        WHERE kind = before""",
    "left the shelf in other numbers than were sold": """
        SELECT 'order ' || order_id, 'product ' || product FROM (
            SELECT n."order" AS order_id, n.product,
                CASE WHEN o.completed_at IS NULL THEN 0 ELSE n.quantity - coalesce((
                    SELECT sum(r.quantity) FROM line_return r
                    WHERE r.line = n.id AND r.condition = 'shelf'), 0) END AS gone, 0 AS logged
            FROM order_line n JOIN orders o ON o.id = n."order"
            UNION ALL
            SELECT coalesce(order_id, 0), product, 0, -on_hand_change
            FROM stock_event WHERE kind IN ('sold', 'returned')) e
        GROUP BY order_id, product HAVING sum(gone) <> sum(logged)""",
    "has returned other numbers than came back": """
        SELECT 'order line ' || n.id, 'returned ' || n.returned FROM order_line n
        WHERE n.returned <> coalesce((
            SELECT sum(r.quantity) FROM line_return r WHERE r.line = n.id), 0)""",
    "was reserved or released in other numbers than its lines": """
        SELECT 'order ' || order_id, 'product ' || product FROM (
            SELECT n."order" AS order_id, n.product,
                CASE WHEN o.status = 'open' THEN n.quantity ELSE 0 END AS promised, 0 AS logged
            FROM order_line n JOIN orders o ON o.id = n."order"
            UNION ALL
            SELECT order_id, product, 0, reserved_change FROM stock_event
            WHERE reserved_change <> 0) e
        GROUP BY order_id, product HAVING sum(promised) <> sum(logged)""",
    "was taken back in other numbers": """
        SELECT 'event ' || e.id, 'undone by event ' || u.id
        FROM stock_event u JOIN stock_event e ON e.id = u.undoes
        WHERE u.on_hand_change <> -e.on_hand_change OR u.reserved_change <> -e.reserved_change
            OR u.product <> e.product""",
    "has another total than its lines": """
        SELECT 'order ' || o.id, o.total_cents || ' cents' FROM orders o LEFT JOIN (
            SELECT "order", sum(quantity * unit_price_cents) AS cents
            FROM order_line GROUP BY "order") n ON n."order" = o.id
        WHERE o.status <> 'draft' AND o.total_cents <> coalesce(n.cents, 0)""",
    "names an order that is not there": """
        SELECT 'event ' || e.id, 'order ' || e.order_id FROM stock_event e
        WHERE e.order_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = e.order_id)""",
    "was counted otherwise than its entries": """
        SELECT 'count line ' || n.id, 'counted ' || coalesce(n.counted, -1) FROM count_line n
        WHERE coalesce(n.counted, -1) <> coalesce((
            SELECT sum(e.quantity) FROM count_entry e WHERE e.line = n.id AND e.stands), -1)""",
    "is in the log otherwise than it was counted": """
        SELECT 'count line ' || n.id, 'event ' || n.event
        FROM count_line n JOIN count_session s ON s.id = n.session
        LEFT JOIN stock_event e ON e.id = n.event AND e.product = n.product
            AND e.kind = CASE s.subject WHEN 'shelf' THEN 'counted' ELSE 'received' END
        WHERE n.event IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM stock_event u WHERE u.undoes = n.event)
            AND (e.id IS NULL OR s.subject = 'delivery' AND e.on_hand_change <> n.counted)""",
}
if DB.is_file:  # PostgreSQL sees to it itself
    AUDITS["is not a whole number"] = NOT_WHOLE


class Finding(NamedTuple):
    """Something that must not be: what is wrong, with which thing, in which numbers."""

    thing: str
    detail: str
    what: str = ""  # one of AUDITS; empty when the database itself is not sound

    def __str__(self) -> str:
        if not self.what:
            return f"{self.thing}: {self.detail}"
        return f"{self.thing} ({self.detail}) {self.what}"


class Look(NamedTuple):
    """What was found when somebody looked, and how far the log went then."""

    began_at: datetime
    last_event: int
    findings: Sequence[Finding]


async def look() -> Look:
    """Go through all of the books, beside everybody who works."""
    began_at = clock.now()
    with DB.behind():
        ((last_event,),) = await DB.scan("SELECT coalesce(max(id), 0) FROM stock_event")
        return Look(began_at, last_event, await findings())


async def findings() -> list[Finding]:
    """Everything that is wrong with the books; nothing when they balance."""
    found = []
    try:
        for sql in INTEGRITY if DB.is_file else ():
            found += [
                Finding("the database", ", ".join(map(str, row)))
                for row in await DB.scan(sql)
                if row != ("ok",)
            ]
        for what, sql in AUDITS.items():
            found += [Finding(thing, detail, what) for thing, detail in await DB.scan(sql)]
    except DB.errors as error:  # so broken that nobody can look any further
        if DB.is_passing(error):
            raise
        found.append(Finding("the database", str(error)))
    return found


def findings_in(ask: Ask, *, is_older: bool = False) -> list[Finding]:
    """What is wrong with the books of a copy, in a file that is sound itself.

    A shop of an older version is not asked of what it does not have yet.
    """
    found = []
    for what, sql in AUDITS.items():
        try:
            found += [Finding(thing, detail, what) for thing, detail in ask(sql)]
        except sqlite3.OperationalError as error:
            if not (is_older and str(error).startswith("no such ")):
                raise
    return found
