"""The demo shop, built once by its command on a Friday afternoon."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.__main__ import main
from app.database import DB
from app.demo import hours
from app.demo.hours import opening_days
from app.demo.invoices import Kind, read
from app.demo.plan import CLERKS, plan
from app.settings import settings
from tests import books, shops
from tests.shops import Beside

NOW = datetime(2026, 11, 20, 14, 7, 12, tzinfo=UTC)  # a Friday


@pytest.fixture(scope="module")
def demo_shop(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    shops.copy(empty_shop, path)
    with clock.at(NOW):
        assert demo(path) == 0
    return path


@pytest.fixture
def connection(demo_shop: Path) -> Iterator[Beside]:
    with shops.beside(demo_shop) as connection:
        yield connection


def demo(path: Path) -> int:
    """``python -m app demo`` on this file; its exit status."""
    DB.shop = shops.address(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["onhand", "demo"])
        return main()


def column(connection: Beside, sql: str) -> list[Any]:
    return [value for (value,) in connection.rows(sql)]


def moments(connection: Beside) -> list[datetime]:
    times = column(connection, "SELECT happened_at FROM stock_event ORDER BY id")
    return [datetime.fromisoformat(str(time)) for time in times]


def test_its_books_balance(demo_shop: Path):
    books.balance(demo_shop)


def test_most_products_are_well_some_are_low_and_a_few_are_out(connection: Beside):
    levels = connection.rows("SELECT on_hand, reorder_point FROM stock_level")

    low = sum(on_hand <= reorder_point for on_hand, reorder_point in levels)
    out = sum(on_hand == 0 for on_hand, _ in levels)

    assert len(levels) == 2_500
    assert 0.02 <= low / len(levels) <= 0.035
    assert 0.001 <= out / len(levels) <= 0.004
    assert any(on_hand > 1_000 for on_hand, _ in levels)


def test_reorder_points_follow_the_pace_of_sales(connection: Beside):
    points = dict(
        connection.rows("SELECT sku, reorder_point FROM product JOIN stock_level ON product = id")
    )

    assert points["84077"] > 500  # nearly 4,000 gliders in two weeks
    assert points["22423"] >= 100
    assert points["DCGS0003"] <= 2  # one
    assert points["84977"] <= 2  # one line, given away


def test_it_holds_two_weeks_of_opening_hours_until_just_now(connection: Beside):
    happened = moments(connection)

    assert happened == sorted(happened)
    assert happened[0] == datetime(2026, 11, 7, 8, 40, tzinfo=UTC)
    assert timedelta(0) < NOW - happened[-1] < timedelta(minutes=2)
    days = {moment.date() for moment in happened}
    assert len(days) == 12
    assert not any(day.weekday() == 6 for day in days)
    traded = [moment.time() for moment in happened if moment != happened[0]]
    assert min(traded) >= hours.OPENS
    assert max(traded) <= hours.CLOSES


def test_every_invoice_with_a_sale_is_an_order(connection: Beside):
    sold = "SELECT reference FROM orders WHERE status = 'completed' ORDER BY id"
    references = column(connection, sold)

    sales = [i.number for i in read() if any(line.kind is Kind.SALE for line in i.lines)]
    assert references == sales


def test_it_receives_counts_corrects_and_takes_back(connection: Beside):
    kinds = dict(connection.rows("SELECT kind, count(*) FROM stock_event GROUP BY kind"))
    reasons = column(connection, "SELECT DISTINCT reason FROM stock_event WHERE reason IS NOT NULL")
    notes = column(connection, "SELECT DISTINCT note FROM stock_event")

    assert kinds["received"] > 2_500 + 300  # opening stock and deliveries
    assert kinds["sold"] > 20_000
    assert kinds["returned"] > 100
    assert kinds["counted"] > 100
    assert kinds["low_stock"] > 100
    assert kinds["restocked"] > 20
    assert {"damaged", "lost", "found", "theft", "own_use", "correction"} == set(reasons)
    assert {"opening", "Dropped while filling the shelf", "Cycle count, Kitchen"} <= set(notes)


def test_a_cart_is_parked_and_two_customers_have_something_put_aside(
    connection: Beside,
):
    held = connection.rows("SELECT actor, customer FROM orders WHERE status = 'open' ORDER BY id")

    assert list(held) == [
        ("Priya", ""),
        ("Anna", "Mr Bennett, navy coat"),
        ("Tom", "Mrs Okafor"),
    ]
    assert column(connection, "SELECT sum(reserved) FROM stock_level") == [7 + 2 + 6]


def test_four_clerks_work_in_it_and_nobody_can_sign_in(connection: Beside):
    actors = column(connection, "SELECT DISTINCT actor FROM stock_event")

    assert set(actors) == set(CLERKS)
    assert column(connection, "SELECT count(*) FROM clerk") == [0]


def test_its_products_look_like_products(connection: Beside):
    products = connection.rows(
        "SELECT name, category, price_cents, code FROM product JOIN barcode ON product = product.id"
    )

    assert len({code for *_, code in products}) == len(products) == 2_500
    for name, category, price_cents, _ in products:
        first = next(letter for letter in name if letter.isalnum())
        assert not first.islower(), name
        assert not name.isupper(), name
        assert len(name) > 4, name
        assert category
        assert price_cents > 0
    categories = [category for _, category, *_ in products]
    assert {"Christmas", "Kitchen", "Bags", "Lights", "Stationery", "Garden", "Home"} <= set(
        categories
    )
    assert categories.count("Gifts") < len(categories) / 5


def test_a_shop_with_products_is_refused_and_stays_as_it_is(
    demo_shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "shop.sqlite"
    shops.copy(demo_shop, path)
    before = path.read_bytes()

    status = demo(path)

    assert status == 1
    assert capsys.readouterr().err == (
        f"onhand: {shops.address(path)} has products already; the demo needs an empty shop.\n"
    )
    assert path.read_bytes() == before


def test_only_the_dates_differ_from_one_day_to_another():
    friday, tuesday = (plan(read(), NOW + timedelta(days)) for days in (0, 4))

    assert [what for *_, what in friday.happenings] == [what for *_, what in tuesday.happenings]


# Opening hours


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 20, 9, 14, tzinfo=UTC), datetime(2026, 11, 19, 17, 30, tzinfo=UTC)),
        (datetime(2026, 11, 20, 9, 30, tzinfo=UTC), datetime(2026, 11, 20, 9, 28, 30, tzinfo=UTC)),
        (datetime(2026, 11, 20, 23, 0, tzinfo=UTC), datetime(2026, 11, 20, 17, 30, tzinfo=UTC)),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), datetime(2026, 11, 21, 17, 30, tzinfo=UTC)),
    ],
    ids=["before opening", "early", "at night", "on Sunday"],
)
def test_the_last_day_is_today_once_the_shop_has_opened(now: datetime, last: datetime):
    days = opening_days(now)

    assert days[-1].closes == last
    assert len(days) == 12


def test_the_hours_are_those_of_the_shops_own_time_zone(monkeypatch: pytest.MonkeyPatch):
    london = replace(settings, timezone=ZoneInfo("Europe/London"))
    monkeypatch.setattr("app.demo.hours.settings", london)

    days = opening_days(datetime(2026, 10, 27, 12, 0, tzinfo=UTC))

    assert days[0].opens == datetime(2026, 10, 14, 8, 0, tzinfo=UTC)  # summer time
    assert days[-1].opens == datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
