"""The auditor finds what it is there to find."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import shops
from tests.faults.auditor import Log, audit
from tests.faults.history import History, Wish
from tests.faults.shop import Shop, fresh
from tests.faults.told import compare


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop that sold one mug under the key ``sold``."""
    shop = fresh(tmp_path / "shop", {"MUG": 5}, programs=0)
    now = "'2026-11-21 12:00:00+00:00'"
    for sql in (
        "INSERT INTO orders (status, actor, reference, customer, note, total_cents, revision, "
        f"created_at, completed_at) VALUES ('completed', 'till', 'sold', '', '', 350, 0, {now}, "
        f"{now})",
        'INSERT INTO order_line ("order", product, quantity, unit_price_cents, returned, position)'
        " VALUES (1, 1, 1, 350, 0, 0)",
        "INSERT INTO stock_event (product, kind, on_hand_change, reserved_change, on_hand, "
        "reserved, note, actor, happened_at, order_id) "
        f"VALUES (1, 'sold', -1, 0, 4, 0, '', 'till', {now}, 1)",
        "UPDATE stock_level SET on_hand = 4 WHERE product = 1",
    ):
        shops.rows(shop.path, sql)
    return shop


def told(folder: Path, key: str, status: int, answer: int = 0) -> None:
    body = {"lines": [{"sku": "MUG", "quantity": 1}]}
    History(folder, key).note(Wish(key, "sell", "/v1/orders", body, status=status), 0, 0, answer)


def test_a_shop_that_holds_what_was_told_is_in_order(shop: Shop, tmp_path: Path):
    told(tmp_path, "sold", 201, 1)
    told(tmp_path, "refused", 409)
    told(tmp_path, "cut off", 0)

    assert audit(shop.path) == []
    assert compare(shop.path, tmp_path) == []


@pytest.mark.parametrize(
    ("tell", "says"),
    [
        (lambda _: None, "has the key sold, under which nobody asked"),
        (lambda folder: told(folder, "sold", 409), "sell sold was refused and happened"),
        (lambda folder: told(folder, "sold", 201, 7), "sell sold is 1 and was answered {7}"),
        (lambda folder: told(folder, "other", 201, 2), "sell other was answered ok and is lost"),
        (lambda folder: told(folder, "sold", 500), "1 answers 500"),
    ],
)
def test_what_was_told_otherwise_is_found(
    shop: Shop, tmp_path: Path, tell: Callable[[Path], None], says: str
):
    tell(tmp_path)

    assert any(what.endswith(says) for what in compare(shop.path, tmp_path))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE stock_level SET on_hand = 3", "differs from its log"),
        ("UPDATE orders SET total_cents = 1", "has another total than its lines"),
        ("UPDATE order_line SET quantity = 2", "left the shelf in other numbers than were sold"),
        (
            "INSERT INTO orders (status, actor, reference, customer, note, total_cents, revision, "
            "created_at) "
            "SELECT 'cancelled', actor, reference, '', '', 0, 0, created_at FROM orders",
            "a key was acted on twice (2 times)",
        ),
    ],
)
def test_books_that_do_not_balance_are_found(shop: Shop, sql: str, says: str):
    shops.rows(shop.path, sql)

    assert any(what.endswith(says) for what in audit(shop.path))


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE stock_event SET note = 'x' WHERE id = 1", "entry 1 of the log has changed"),
        ("DELETE FROM stock_event WHERE id = 2", "entry 2 of the log is gone"),
    ],
)
def test_a_log_that_is_not_as_it_was_is_found(shop: Shop, sql: str, says: str):
    log = Log()
    assert audit(shop.path, log) == []

    for verb in ("update", "delete"):
        shops.rows(shop.path, f"DROP TRIGGER stock_event_no_{verb}")
    shops.rows(shop.path, sql)

    assert any(what.startswith(says) for what in audit(shop.path, log))
