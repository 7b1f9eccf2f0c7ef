"""Exactly one alert for each crossing of the reorder point, whatever caused it."""

from collections.abc import Awaitable, Callable
from random import Random

import pytest

from app.database import DB
from app.errors import Refusal
from app.orders import actions as orders
from app.orders.actions import Back, Wanted
from app.stock import actions as stock
from app.stock import queries
from app.stock.tables import AdjustmentReason
from tests import make, shops

LOST = AdjustmentReason.LOST


async def alerts(product: int) -> list[str]:
    """The alerts of a product, oldest first."""
    rows = await DB.fetch(
        shops.marked(
            "SELECT kind FROM stock_event WHERE product = ? AND kind IN ('low_stock', 'restocked') "
            "ORDER BY id"
        ),
        [product],
    )
    return [kind for (kind,) in rows]


DOWN: dict[str, Callable[[int], Awaitable[object]]] = {
    "a sale": lambda _: orders.place([Wanted("MUG-BLUE", 3)], actor="Robin"),
    "an adjustment": lambda mug: stock.adjust(mug, -3, reason=LOST, actor="Robin"),
    "a count": lambda mug: stock.count(mug, 4, actor="Robin"),
    "a new reorder point": lambda mug: stock.set_reorder_point(mug, 7, actor="Robin"),
}
UP: dict[str, Callable[[int], Awaitable[object]]] = {
    "a delivery": lambda mug: stock.receive(mug, 9, actor="Robin"),
    "an adjustment": lambda mug: stock.adjust(mug, 9, reason=LOST, actor="Robin"),
    "a count": lambda mug: stock.count(mug, 9, actor="Robin"),
    "a new reorder point": lambda mug: stock.set_reorder_point(mug, 0, actor="Robin"),
}


@pytest.mark.parametrize("cause", DOWN)
async def test_whatever_takes_it_down_alerts_once(cause: str):
    mug = await make.product("MUG-BLUE", on_hand=7, reorder_point=4)

    await DOWN[cause](mug)
    await stock.adjust(mug, -1, reason=LOST, actor="Robin")  # lower still: no news

    assert await alerts(mug) == ["low_stock"]
    assert (await queries.level(mug)).is_low


@pytest.mark.parametrize("cause", UP)
async def test_whatever_brings_it_back_arms_the_alert_again(cause: str):
    mug = await make.product("MUG-BLUE", on_hand=5, reorder_point=4)
    await stock.adjust(mug, -1, reason=LOST, actor="Robin")

    await UP[cause](mug)
    assert await alerts(mug) == ["low_stock", "restocked"]
    await stock.count(mug, 0, actor="Robin")

    assert await alerts(mug) == ["low_stock", "restocked", "low_stock"]


async def test_goods_that_come_back_arm_the_alert_again():
    mug = await make.product("MUG-BLUE", on_hand=5, reorder_point=4)
    order = await orders.place([Wanted("MUG-BLUE", 2)], actor="Robin")

    await orders.take_back(order.id, [Back(mug, 2)], actor="Robin")
    await orders.place([Wanted("MUG-BLUE", 1)], actor="Robin")

    assert await alerts(mug) == ["low_stock", "restocked", "low_stock"]


async def test_an_alert_names_the_order_that_caused_it_and_changes_nothing():
    mug = await make.product("MUG-BLUE", on_hand=5, reorder_point=4)

    order = await orders.place([Wanted("MUG-BLUE", 1)], actor="Robin")

    alert, sale, _ = await queries.events(mug)
    assert (alert.kind, alert.order_id, alert.actor) == ("low_stock", order.id, "Robin")
    assert (alert.on_hand_change, alert.reserved_change, alert.on_hand) == (0, 0, 4)
    assert sale.id == alert.id - 1


async def test_two_lines_of_one_product_cross_once():
    mug = await make.product("MUG-BLUE", on_hand=9, reorder_point=4)

    await orders.place([Wanted("MUG-BLUE", 3, 300), Wanted("MUG-BLUE", 3, 350)], actor="Robin")

    assert await alerts(mug) == ["low_stock"]


async def test_a_refused_sale_alerts_nobody():
    mug = await make.product("MUG-BLUE", on_hand=5, reorder_point=4)
    await make.product("BOWL", on_hand=0)

    with pytest.raises(stock.InsufficientStock):
        await orders.place([Wanted("MUG-BLUE", 5), Wanted("BOWL", 1)], actor="Robin")

    assert await alerts(mug) == []


async def test_without_a_reorder_point_it_is_low_only_when_it_is_out():
    mug = await make.product("MUG-BLUE", on_hand=2, reorder_point=0)

    await orders.place([Wanted("MUG-BLUE", 1)], actor="Robin")
    assert not (await queries.level(mug)).is_low
    await orders.place([Wanted("MUG-BLUE", 1)], actor="Robin")

    assert await alerts(mug) == ["low_stock"]


async def test_a_reorder_point_that_crosses_nothing_is_no_event():
    mug = await make.product("MUG-BLUE", on_hand=9, reorder_point=4)

    for point in (5, 8, 8, 0):
        await stock.set_reorder_point(mug, point, actor="Robin")

    assert await alerts(mug) == []
    assert (await queries.level(mug)).reorder_point == 0


async def test_a_new_reorder_point_that_alerts_says_so():
    mug = await make.product("MUG-BLUE", on_hand=9, reorder_point=4)

    await stock.set_reorder_point(mug, 9, actor="Robin")

    alert, _ = await queries.events(mug)
    assert (alert.kind, alert.note, alert.actor) == ("low_stock", "reorder point 4 → 9", "Robin")


class Model:
    """One product as a shopkeeper would keep it on paper; shares nothing with the program."""

    def __init__(self, on_hand: int, reorder_point: int) -> None:
        self.on_hand, self.reorder_point = on_hand, reorder_point
        self.alerts = ["low_stock"] if on_hand <= reorder_point else []

    def becomes(self, on_hand: int, reorder_point: int | None = None) -> None:
        was_low = self.on_hand <= self.reorder_point
        self.on_hand = on_hand
        if reorder_point is not None:
            self.reorder_point = reorder_point
        is_low = self.on_hand <= self.reorder_point
        if was_low != is_low:
            self.alerts.append("low_stock" if is_low else "restocked")


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_walk_over_all_actions_agrees_with_a_shopkeepers_paper(seed: int):
    random = Random(seed)
    skus = ["MUG", "BOWL", "JUG"]
    ids = {}
    paper = {}
    for sku in skus:
        on_hand, point = random.randint(0, 8), random.randint(0, 6)
        ids[sku] = await make.product(sku, on_hand=on_hand, reorder_point=point)
        paper[sku] = Model(on_hand, point)
    sold: list[tuple[int, str, int]] = []  # orders, and what can still come back of them
    refusals = 0

    for _ in range(250):
        sku, n = random.choice(skus), random.randint(1, 6)
        one = paper[sku]
        try:
            match random.randrange(6):
                case 0:
                    await stock.receive(ids[sku], n, actor="Robin")
                    one.becomes(one.on_hand + n)
                case 1:
                    change = random.choice([-n, n])
                    await stock.adjust(ids[sku], change, reason=LOST, actor="Robin")
                    one.becomes(one.on_hand + change)
                case 2:
                    await stock.count(ids[sku], n, actor="Robin")
                    one.becomes(n)
                case 3:
                    await stock.set_reorder_point(ids[sku], n, actor="Robin")
                    one.becomes(one.on_hand, n)
                case 4:
                    wanted = [(random.choice(skus), random.randint(1, 3)) for _ in range(3)]
                    order = await orders.place([Wanted(*line) for line in wanted], actor="Robin")
                    for other in sorted({s for s, _ in wanted}):
                        units = sum(q for s, q in wanted if s == other)
                        paper[other].becomes(paper[other].on_hand - units)
                        sold.append((order.id, other, units))
                case 5 if sold:
                    order_id, other, units = sold.pop(random.randrange(len(sold)))
                    back = random.randint(1, units + 1)
                    await orders.take_back(order_id, [Back(ids[other], back)], actor="Robin")
                    paper[other].becomes(paper[other].on_hand + back)
                    if back < units:
                        sold.append((order_id, other, units - back))
        except Refusal:
            refusals += 1

    for sku in skus:
        level = await queries.level(ids[sku])
        assert (level.on_hand, level.reorder_point) == (
            paper[sku].on_hand,
            paper[sku].reorder_point,
        )
        assert await alerts(ids[sku]) == paper[sku].alerts
        assert min(level.on_hand, len(paper[sku].alerts) - 3) >= 0
    assert refusals > 10
