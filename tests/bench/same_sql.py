"""A yardstick: the statements of ``POST /v1/orders`` and nothing around them.

``python -m tests.bench.same_sql SHOP WAL_PAGES`` waits for lines on its standard input. Each is a
number of seconds; for so long it sells orders of two lines, one after the other, each with a COMMIT
of its own, and then prints Figures as JSON. The same SQLite and PRAGMAs as the server's, on one
thread; COMMIT makes a checkpoint when the WAL has grown to WAL_PAGES.
"""

import random
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter, process_time
from typing import NamedTuple

import msgspec

from app.database.sqlite import PRAGMAS
from tests.bench import shops

# What the server runs for one order, in its order. When that changes, this has to follow.
CLIENT = """SELECT id, name, scope FROM api_token
    WHERE digest = ? AND expires_at > ? AND revoked_at IS NULL"""
STORED = "SELECT fingerprint, status, body FROM answer WHERE actor = ? AND key = ?"
SELLABLE = "SELECT id, price_cents, archived FROM product WHERE sku_key = ?"
ADD_ORDER = """INSERT INTO orders (status, clerk, actor, reference, customer, total_cents, revision,
    created_at, expires_at, completed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""
ADD_LINE = """INSERT INTO order_line ("order", product, quantity, unit_price_cents, returned,
    position) VALUES (?, ?, ?, ?, ?, ?) RETURNING id"""
MOVE = """UPDATE stock_level SET on_hand = on_hand + ?, reserved = reserved + ? WHERE product = ?
    AND on_hand - reserved >= ? AND reserved + ? >= 0 AND on_hand + ? <= 1000000000
    RETURNING on_hand, reserved, reorder_point"""
LOG = """INSERT INTO stock_event (product, kind, on_hand_change, reserved_change, on_hand, reserved,
    reason, note, order_id, actor, happened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    RETURNING id"""
ORDER = """SELECT id, status, actor, reference, customer, total_cents, revision, created_at,
    expires_at, completed_at FROM orders WHERE id = ?"""
LINES = """SELECT p.id, p.sku, p.name, l.on_hand, l.reserved, l.reorder_point,
    coalesce((SELECT max(id) FROM stock_event), 0), n.quantity, n.unit_price_cents, n.returned
    FROM order_line n JOIN product p ON p.id = n.product JOIN stock_level l ON l.product = p.id
    WHERE n."order" = ? ORDER BY n.position DESC, n.id"""
STORE = """INSERT INTO answer (actor, key, fingerprint, status, body, created_at)
    VALUES (?, ?, ?, ?, ?, ?) RETURNING id"""

ACTOR = "bench"
DIGEST = FINGERPRINT = "f" * 64
BODY = "x" * 420  # as long as the answer to such an order


class Figures(msgspec.Struct):
    """What came of one run. Times are in seconds."""

    seconds: float
    cpu: float
    latencies: list[float]


class Line(NamedTuple):
    product: int
    price_cents: int
    quantity: int


class Shop:
    """A shop's file, and how to sell from it."""

    def __init__(self, path: str, wal_pages: int) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for name, value in PRAGMAS.items():
            self._connection.execute(f"PRAGMA {name} = {value}")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {wal_pages}")

    def _run(self, sql: str, *values: object) -> list[tuple[int, ...]]:
        rows: list[tuple[int, ...]] = self._connection.execute(sql, values).fetchall()
        return rows

    def sell(self, key: str, skus: Sequence[str]) -> None:
        """One order, as the server writes it, with the answer it keeps under an idempotency key."""
        run, now = self._run, datetime.now(UTC)
        run("BEGIN IMMEDIATE")
        run(CLIENT, DIGEST, now)
        run(STORED, ACTOR, key)
        lines = []
        for quantity, sku in enumerate(skus, 1):
            ((product, price_cents, _),) = run(SELLABLE, sku)
            lines.append(Line(product, price_cents, quantity))
        total = sum(line.price_cents * line.quantity for line in lines)
        order = run(ADD_ORDER, "completed", None, ACTOR, "", "", total, 0, now, None, now)[0][0]
        for line in lines:
            run(ADD_LINE, order, line.product, line.quantity, line.price_cents, 0, 0)
        for product, _, quantity in sorted(lines):
            ((on_hand, reserved, _),) = run(MOVE, -quantity, 0, product, quantity, 0, -quantity)
            moved = (product, "sold", -quantity, 0, on_hand, reserved)
            run(LOG, *moved, None, "", order, ACTOR, now)
        run(ORDER, order)
        run(LINES, order)
        run(STORE, ACTOR, key, FINGERPRINT, 201, BODY, now)
        run("COMMIT")

    def sell_for(self, seconds: float, skus: Sequence[str], name: str) -> Figures:
        """Orders of two of these SKUs, until the time is over."""
        latencies: list[float] = []
        cpu, start = process_time(), perf_counter()
        before = start
        while before < start + seconds:
            self.sell(f"{name}-{len(latencies)}", random.sample(skus, 2))
            now = perf_counter()
            latencies.append(now - before)
            before = now
        return Figures(before - start, process_time() - cpu, latencies)


def main() -> None:
    """Sell as often as asked."""
    path, wal_pages = sys.argv[1:]
    skus = [sku.lower() for sku in shops.skus(path)]
    shop = Shop(path, int(wal_pages))
    for n, line in enumerate(sys.stdin):
        figures = shop.sell_for(float(line), skus, f"run-{n}")
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
