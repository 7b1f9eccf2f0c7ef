"""Whether the shop is what its model says: levels, log, orders, counters, and its books."""

from collections.abc import Iterable

from app.books.audit import AUDITS
from app.database import DB
from app.orders import backorders, queries
from tests import books as sums
from tests.models.counters import Cart
from tests.models.shop import Order
from tests.models.undo import Shop
from tests.shops import Beside

TYPES = {
    "received": "InventoryReceived",
    "sold": "InventorySold",
    "reserved": "InventoryReserved",
    "released": "InventoryReleased",
    "adjusted": "InventoryAdjusted",
    "counted": "InventoryCounted",
    "returned": "InventoryReturned",
    "low_stock": "LowStockDetected",
    "restocked": "LowStockCleared",
}


async def agree(shop: Shop, connection: Beside, clerks: Iterable[int]) -> None:
    await _levels(shop)
    await _log(shop)
    await _orders(shop)
    for clerk in clerks:
        await _counter(shop, clerk)
    await _others(shop)
    for what, audit in AUDITS.items():
        assert await DB.fetch(audit) == [], what
    sums.add_up(connection)


async def _levels(shop: Shop) -> None:
    levels = await DB.fetch(
        "SELECT sku, on_hand, reserved, reorder_point FROM stock_level l "
        "JOIN product p ON p.id = l.product ORDER BY p.id"
    )
    assert levels == [(p.sku, p.on_hand, p.reserved, p.reorder_point) for p in shop.products]
    for product in shop.products:
        said = [event.type for event in shop.log if event.sku == product.sku]
        alerts = [kind for kind in said if kind.startswith("LowStock")]
        is_alert = alerts[-1:] == ["LowStockDetected"]
        assert is_alert == (product.is_low and not product.is_archived)


async def _log(shop: Shop) -> None:
    """Every entry, and to which action it belongs."""
    events = await DB.fetch(
        "SELECT kind, sku, on_hand_change, reserved_change, on_hand, reserved, reason, order_id "
        "FROM stock_event e JOIN product p ON p.id = e.product ORDER BY e.id"
    )
    assert [(TYPES[kind], *rest) for kind, *rest in events] == shop.log
    operations = await DB.fetch("SELECT id, coalesce(operation, id) FROM stock_event ORDER BY id")
    assert operations == [
        (number, done.first)
        for done in shop.operations
        for number in range(done.first, done.last + 1)
    ]


async def _orders(shop: Shop) -> None:
    lines = await DB.fetch(
        'SELECT "order", sku, quantity, unit_price_cents, returned FROM order_line n '
        'JOIN orders o ON o.id = n."order" JOIN product p ON p.id = n.product '
        "WHERE o.status <> 'draft' ORDER BY o.id, p.id"
    )
    assert lines == [
        (number, product.sku, line.quantity, line.price_cents, line.returned)
        for number, order in sorted(shop.orders.items())
        for product, line in sorted(
            order.lines.items(), key=lambda item: shop.products.index(item[0])
        )
    ]
    stored = await DB.fetch(
        "SELECT id, status, total_cents FROM orders WHERE status <> 'draft' ORDER BY id"
    )
    assert stored == [
        (number, order.status, order.total_cents) for number, order in sorted(shop.orders.items())
    ]
    for number, order in shop.orders.items():
        if order.status == "open":
            read = await queries.order(number)
            assert (read.status, read.expires_at) == (shop.status(number), order.expires_at)


async def _counter(shop: Shop, clerk: int) -> None:
    shown, expected = await queries.cart(clerk), shop.on_counter(clerk)
    if expected is None:
        assert shown is None
        return
    assert shown is not None
    assert (shown.id, shown.status) == (
        shop.number_of(expected),
        "open" if isinstance(expected, Order) else "draft",
    )
    if isinstance(expected, Cart):
        found = {product.sku: line.found for product, line in expected.lines.items()}
        assert {line.sku: line.found for line in shown.lines} == found
    assert {line.sku: line.quantity for line in shown.lines} == {
        product.sku: line.quantity for product, line in expected.lines.items()
    }


async def _others(shop: Shop) -> None:
    waiting = [(one.sku, one.quantity) for one in await backorders.waiting()]
    assert waiting == [(w.product.sku, w.quantity) for w in shop.waiting if not w.is_over]
    assert await DB.fetch("SELECT count(*) FROM lost_sale") == [(shop.lost,)]
    asked = await DB.fetch("SELECT product FROM recount WHERE done_at IS NULL ORDER BY product")
    to_count = sorted(shop.products.index(product) + 1 for product in shop.to_count)
    assert asked == [(product,) for product in to_count]
