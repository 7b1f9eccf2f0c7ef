"""The sums that must always hold, in SQL of the tests' own."""

from pathlib import Path

from tests import shops
from tests.shops import Beside

SUMS = """
    WITH log AS (
        SELECT product, sum(on_hand_change) AS on_hand, sum(reserved_change) AS reserved,
            -sum(CASE WHEN kind IN ('sold', 'returned') THEN on_hand_change ELSE 0 END) AS sold
        FROM stock_event GROUP BY product
    ), ordered AS (
        SELECT n.product, sum(CASE WHEN o.status = 'open' THEN n.quantity ELSE 0 END) AS promised,
            sum(CASE WHEN o.completed_at IS NOT NULL THEN n.quantity - coalesce(r.shelf, 0)
                ELSE 0 END) AS sold
        FROM order_line n JOIN orders o ON o.id = n."order" LEFT JOIN (
            SELECT line, sum(CASE WHEN condition = 'shelf' THEN quantity ELSE 0 END) AS shelf
            FROM line_return GROUP BY line) r ON r.line = n.id
        GROUP BY n.product
    )
    SELECT p.sku, l.on_hand, l.reserved, coalesce(log.on_hand, 0), coalesce(log.reserved, 0),
        coalesce(ordered.promised, 0), coalesce(ordered.sold, 0), coalesce(log.sold, 0)
    FROM product p LEFT JOIN stock_level l ON l.product = p.id
        LEFT JOIN log ON log.product = p.id LEFT JOIN ordered ON ordered.product = p.id
"""

COUNTED = """
    SELECT n.id, n.counted, sum(e.quantity) FROM count_line n
    LEFT JOIN count_entry e ON e.line = n.id AND e.stands GROUP BY n.id
"""


def balance(path: Path) -> None:
    """Shelf = log, promises = log = open orders, gone = sold less put back, counts = entries."""
    with shops.beside(path) as shop:
        add_up(shop)
        if shops.IS_SQLITE:
            assert shop.rows("PRAGMA integrity_check") == [("ok",)]
            assert shop.rows("PRAGMA foreign_key_check") == []


def add_up(shop: Beside) -> None:
    """The sums alone."""
    for sku, on_hand, reserved, log, log_reserved, promised, ordered, sold in shop.rows(SUMS):
        assert on_hand == log, f"{sku}: the shelf has {on_hand}, its log says {log}"
        assert reserved == log_reserved, f"{sku}: reserved {reserved}, its log {log_reserved}"
        assert reserved == promised, f"{sku}: reserved {reserved}, open orders {promised}"
        assert sold == ordered, f"{sku}: {sold} left the shelf, {ordered} were ordered"
        assert 0 <= reserved <= on_hand, f"{sku}: {reserved} reserved of {on_hand}"
    for line, counted, entered in shop.rows(COUNTED):
        assert counted == entered, f"count line {line}: {counted}, its entries {entered}"
