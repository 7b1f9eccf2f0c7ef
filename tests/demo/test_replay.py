"""All 1,200 real invoices through the actions, against sums that know nothing of the program."""

import asyncio
import csv
from collections import Counter
from decimal import Decimal
from typing import NamedTuple

import pytest

from app.books import audit
from app.database import DB
from app.demo.invoices import FILE, Invoice, Kind, Line, read
from app.demo.products import products
from app.demo.replay import Replay, opening_stock
from app.orders.tables import Order
from app.stock import queries as stock
from app.stock.actions import InsufficientStock
from tests import make


class Sums(NamedTuple):
    """Units by product, pennies by invoice."""

    sold: Counter[str]
    returned: Counter[str]
    adjusted: Counter[str]
    pennies: Counter[str]


def add_up() -> Sums:
    """The sums straight from the file, in plain Python."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sums = Sums(Counter(), Counter(), Counter(), Counter())
    kept: Counter[tuple[str, str]] = Counter()  # what a customer has bought and not brought back
    for row in rows:
        number, customer, sku = row["InvoiceNo"], row["CustomerID"], row["StockCode"].upper()
        units, pennies = int(row["Quantity"]), Decimal(row["UnitPrice"]) * 100
        if sku == "C2" or not any(map(str.isdigit, sku)):
            continue  # carriage, postage, fees, discounts
        if number.startswith("C"):
            back = min(-units, kept[customer, sku]) if customer else 0
            kept[customer, sku] -= back
            sums.returned[sku] += back
            sums.adjusted[sku] += -units - back
        elif units < 0:
            sums.adjusted[sku] += units
        else:
            kept[customer, sku] += units
            sums.sold[sku] += units
            sums.pennies[number] += int(units * pennies)
    return sums


async def ask(sql: str) -> Counter[str]:
    return Counter(dict(await DB.fetch(sql)))


async def moved(kind: str) -> Counter[str]:
    """By how many units the events of one kind moved each product, in either direction."""
    return await ask(
        "SELECT p.sku, sum(CASE WHEN kind = 'sold' THEN -on_hand_change ELSE on_hand_change END) "
        f"FROM stock_event JOIN product p ON p.id = product WHERE kind = '{kind}' GROUP BY p.sku"
    )


async def stock_up(on_hand: dict[str, int]) -> dict[str, int]:
    return {
        product.sku: await make.product(product.sku, on_hand=on_hand[product.sku])
        for product in products(read())
    }


async def test_every_invoice_balances_to_the_unit_and_the_penny():
    invoices = read()
    opening = opening_stock(invoices)
    replay = Replay(await DB.run(stock_up, opening))

    # Each is an action of its own; those that queue up in order are committed in groups.
    at_once = len(invoices) if DB.is_file else 1
    for first in range(0, len(invoices), at_once):
        some = invoices[first : first + at_once]
        await asyncio.gather(*(replay.enter(invoice, actor="replay") for invoice in some))

    sums = add_up()
    assert len(invoices) == 1_200
    assert sum(sums.sold.values()) == 207_973
    assert sum(sums.pennies.values()) == 473_973_12
    assert sum(sums.returned.values()) == 860
    assert sum(sums.adjusted.values()) == 12_706 - 860 - 3_965
    assert await moved("sold") == sums.sold
    assert await moved("returned") == sums.returned
    assert await moved("adjusted") == sums.adjusted
    assert await ask("SELECT reference, total_cents FROM orders") == sums.pennies
    left = Counter(opening)
    left.subtract(sums.sold)
    left.update(sums.returned)
    left.update(sums.adjusted)
    assert (
        await ask("SELECT sku, on_hand FROM product p JOIN stock_level ON product = p.id") == left
    )
    assert await audit.findings() == []


def invoice(number: str, *lines: tuple[Kind, str, int], customer: str = "Ada") -> Invoice:
    """An invoice whose lines are a kind, a SKU and the change of the shelf."""
    return Invoice(
        number, customer, tuple(Line(kind, sku, change, 250, "MUG") for kind, sku, change in lines)
    )


async def returned() -> Counter[str]:
    return await ask(
        'SELECT reference, sum(returned) FROM orders JOIN order_line n ON n."order" = orders.id '
        "GROUP BY reference"
    )


async def test_what_comes_back_was_bought_last():
    mug = await make.product("MUG", on_hand=20)
    replay = Replay({"MUG": mug})
    for number, units in (("1", 5), ("2", 3), ("3", 4)):
        await replay.enter(invoice(number, (Kind.SALE, "MUG", -units)), actor="robin")

    await replay.enter(invoice("C4", (Kind.RETURN, "MUG", 5)), actor="robin")
    await replay.enter(invoice("C5", (Kind.RETURN, "MUG", 3)), actor="robin")

    assert await returned() == {"3": 4, "2": 3, "1": 1}
    assert (await stock.level(mug)).on_hand == 16


async def test_what_nobody_is_known_to_have_bought_is_an_adjustment_that_names_the_invoice():
    mug = await make.product("MUG", on_hand=20)
    replay = Replay({"MUG": mug})
    await replay.enter(invoice("1", (Kind.SALE, "MUG", -5), customer="Grace"), actor="robin")
    await replay.enter(invoice("2", (Kind.SALE, "MUG", -2)), actor="robin")

    await replay.enter(invoice("C3", (Kind.RETURN, "MUG", 6)), actor="robin")

    assert await returned() == {"2": 2, "1": 0}
    adjusted, put_back, *_ = await stock.events(mug)
    assert (put_back.kind, put_back.on_hand_change) == ("returned", 2)
    assert (adjusted.kind, adjusted.on_hand_change) == ("adjusted", 4)
    assert adjusted.note == "C3: came back, sale not found"


async def test_a_customer_nobody_knows_brings_nothing_of_another_back():
    mug = await make.product("MUG", on_hand=20)
    replay = Replay({"MUG": mug})
    await replay.enter(invoice("1", (Kind.SALE, "MUG", -5), customer=""), actor="robin")

    await replay.enter(invoice("C2", (Kind.RETURN, "MUG", 5), customer=""), actor="robin")

    assert await returned() == {"1": 0}
    assert (await stock.level(mug)).on_hand == 20


@pytest.mark.parametrize(
    ("remark", "reason"),
    [("damages", "damaged"), ("faulty", "damaged"), ("lost", "lost"), ("?", "correction")],
)
async def test_a_remark_becomes_the_reason_and_the_note(remark: str, reason: str):
    mug = await make.product("MUG", on_hand=20)
    line = Line(Kind.CORRECTION, "MUG", -3, 0, remark)

    await Replay({"MUG": mug}).enter(Invoice("7", "", (line,)), actor="robin")

    newest = (await stock.events(mug))[0]
    assert (newest.kind, newest.on_hand_change) == ("adjusted", -3)
    assert (newest.reason, newest.note) == (reason, f"7 {remark}")


async def test_an_invoice_that_does_not_fit_is_not_entered_at_all():
    mug = await make.product("MUG", on_hand=5)
    bowl = await make.product("BOWL", on_hand=1)
    replay = Replay({"MUG": mug, "BOWL": bowl})

    with pytest.raises(InsufficientStock) as refusal:
        await replay.enter(
            invoice("1", (Kind.SALE, "MUG", -2), (Kind.SALE, "BOWL", -2)), actor="robin"
        )

    assert str(refusal.value) == "Only 1 of BOWL available, 2 wanted."
    assert (await stock.level(mug)).on_hand == 5
    assert await Order.count() == 0


def test_opening_stock_is_the_fewest_with_which_every_sale_fits():
    invoices = [
        invoice("1", (Kind.SALE, "MUG", -5), (Kind.SALE, "MUG", -1)),
        invoice("C2", (Kind.RETURN, "MUG", 3)),
        invoice("3", (Kind.SALE, "MUG", -4), (Kind.CORRECTION, "BOWL", 2)),
    ]

    assert opening_stock(invoices) == {"MUG": 7, "BOWL": 0}
