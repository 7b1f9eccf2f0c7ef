"""The sums that must always hold, in SQL of the tests' own."""

import sqlite3
from contextlib import closing
from pathlib import Path

SUMS = """
    SELECT p.sku, l.on_hand, l.reserved,
        (SELECT coalesce(sum(on_hand_change), 0) FROM stock_event WHERE product = p.id),
        (SELECT coalesce(sum(reserved_change), 0) FROM stock_event WHERE product = p.id),
        (SELECT coalesce(sum(n.quantity), 0) FROM order_line n JOIN orders o ON o.id = n."order"
            WHERE n.product = p.id AND o.status = 'open'),
        (SELECT coalesce(sum(n.quantity), 0) FROM order_line n JOIN orders o ON o.id = n."order"
            WHERE n.product = p.id AND o.status IN ('completed', 'cancelled')
            AND o.completed_at IS NOT NULL),
        (SELECT -coalesce(sum(on_hand_change), 0) FROM stock_event
            WHERE product = p.id AND kind = 'sold')
    FROM product p LEFT JOIN stock_level l ON l.product = p.id
"""


def balance(path: Path) -> None:
    """Shelf = log, promises = log = open orders, sold = completed orders; and the file is sound."""
    with closing(sqlite3.connect(path)) as connection:
        for (
            sku,
            on_hand,
            reserved,
            log,
            log_reserved,
            promised,
            ordered,
            sold,
        ) in connection.execute(SUMS):
            assert on_hand == log, f"{sku}: the shelf has {on_hand}, its log says {log}"
            assert reserved == log_reserved, f"{sku}: reserved {reserved}, its log {log_reserved}"
            assert reserved == promised, f"{sku}: reserved {reserved}, open orders {promised}"
            assert sold == ordered, f"{sku}: {sold} left the shelf, {ordered} were ordered"
            assert 0 <= reserved <= on_hand, f"{sku}: {reserved} reserved of {on_hand}"
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
