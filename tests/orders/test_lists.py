"""The list of orders, turned page by page: each order once, along an index, however many."""

import base64
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app import clock
from app.database import DB
from app.orders import actions as orders
from app.orders import lists, parts, totals
from app.orders.actions import Back, Wanted
from app.orders.lists import Page, Show
from app.orders.parts import Part
from app.orders.rows import Row
from tests import make, screen, shops

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


WALKED = {  # from the newest on until there are enough; a name from the first to the last
    Part.EVERY: {"SCAN orders"},
    Part.NAMED: {"SCAN orders USING INDEX orders_named"},
}


async def sixty_orders() -> None:
    """Of three days; sold, held, cancelled before and after the sale, expired, swept or not yet."""
    random = Random(7)
    await make.product("MUG", on_hand=10_000)
    await make.product("BOWL", on_hand=10_000)
    for n in range(60):
        with clock.at(NOON - timedelta(hours=59 - n)):
            sku = random.choice(["MUG", "MUG", "BOWL"])
            whom = random.choice(["", "", "Mrs Okafor", "Mr Bennett"])
            lasts = timedelta(hours=random.choice([1, 3, 80]))
            held = None if random.random() < 0.5 else lasts
            order = await orders.place(
                [Wanted(sku, 1 + n % 3)], customer=whom, expires_in=held, actor="Robin"
            )
            if random.random() < 0.2:
                await orders.cancel(order.id, actor="Robin")
    with clock.at(NOON - timedelta(hours=1)):
        while await orders.expire_due():
            pass


@pytest.fixture(scope="module")
def sixty(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.copy_with(sixty_orders, empty_shop, tmp_path_factory.mktemp("sixty"))


@pytest.fixture
async def friday(sixty: Path, shop: Path) -> AsyncIterator[None]:
    await DB.close()
    shops.copy(sixty, shop)
    await DB.open()
    with clock.at(NOON):
        yield


def expected(show: Show, rows: Sequence[Row]) -> list[int]:
    """The orders of a list, worked out from all of them."""
    midnight = NOON.replace(hour=0)

    def ended_at(row: Row) -> datetime:
        return row.closed_at or row.completed_at or datetime.max.replace(tzinfo=UTC)

    def ended(*states: str) -> list[Row]:
        those = [r for r in rows if r.status in states and (r.closed_at or r.completed_at)]
        return sorted(those, key=lambda r: (ended_at(r), r.id), reverse=True)

    held = sorted((r for r in rows if r.status == "open"), key=lambda r: (r.expires_at, r.id))
    over = sorted(
        (r for r in rows if r.status == "expired" and not r.closed_at),
        key=lambda r: (r.expires_at, r.id),
        reverse=True,
    )
    today = [r for r in ended("completed", "cancelled", "expired") if ended_at(r) >= midnight]
    found = {
        Show.TODAY: [*held, *over, *today],
        Show.HOLDS: held,
        Show.COMPLETED: ended("completed"),
        Show.CANCELLED: ended("cancelled"),
        Show.EXPIRED: [*over, *ended("expired")],
        Show.WAITING: [],
        Show.ALL: sorted(rows, key=lambda r: r.id, reverse=True),
    }
    return [row.id for row in found[show]]


async def all_pages(show: Show, search: str = "", *, limit: int) -> tuple[list[Page], list[Page]]:
    """The pages of a list, turned to its end and back."""
    there = [await lists.page(show, search, limit=limit)]
    while cursor := there[-1].next:
        there.append(await lists.page(show, search, at=lists.place(cursor), limit=limit))
    back = [there[-1]]
    while cursor := back[-1].previous:
        back.append(await lists.page(show, search, at=lists.place(cursor), limit=limit))
    return there, back[::-1]


def shown(pages: Iterable[Page]) -> list[int]:
    return [row.id for page in pages for row in page.rows]


@pytest.mark.usefixtures("friday")
@pytest.mark.parametrize("show", list(Show))
async def test_turning_the_pages_shows_each_order_once_in_order(show: Show):
    everything = (await lists.page(Show.ALL, limit=200)).rows
    order = expected(show, everything)

    assert len(everything) == 60
    assert bool(order) is (show is not Show.WAITING)
    for limit in (1, 7, 50):
        there, back = await all_pages(show, limit=limit)

        assert shown(there) == order
        assert shown(back) == order
        assert {len(page.rows) for page in there[:-1]} <= {limit}
        assert there[0].previous is None


@pytest.mark.usefixtures("friday")
@pytest.mark.parametrize(
    ("search", "what"),
    [
        ("okafor", lambda row: row.customer == "Mrs Okafor"),
        ("MRS OK", lambda row: row.customer == "Mrs Okafor"),
        ("m", lambda row: bool(row.customer)),
        ("17", lambda row: row.id == 17),
    ],
)
async def test_a_search_finds_numbers_and_names_whatever_is_shown(
    search: str, what: Callable[[Row], bool]
):
    everything = (await lists.page(Show.ALL, limit=200)).rows
    order = [row.id for row in everything if what(row)]

    there, back = await all_pages(Show.HOLDS, search, limit=4)

    assert shown(there) == shown(back) == order


@pytest.mark.usefixtures("friday")
@pytest.mark.parametrize("search", ["nobody", "%", "_", "\\", "'", "9" * 20, "0", "²"])
async def test_a_search_for_what_is_not_there_finds_nothing(search: str):
    assert await lists.page(search=search) == Page([])


@pytest.mark.usefixtures("friday")
async def test_a_search_for_a_sku_finds_each_order_of_it_once_the_last_touched_first():
    bowls = await DB.fetch(
        "SELECT order_id FROM stock_event e JOIN product p ON p.id = e.product "
        "WHERE p.sku = 'BOWL' AND order_id IS NOT NULL GROUP BY order_id ORDER BY max(e.id) DESC"
    )

    there, back = await all_pages(Show.TODAY, "bowl", limit=4)

    assert shown(there) == shown(back) == [order for (order,) in bowls]
    assert len(bowls) > 8


@pytest.mark.usefixtures("friday")
async def test_an_order_that_is_meant_in_two_ways_is_shown_once():
    await make.product("17", on_hand=9)
    order = await orders.place(
        [Wanted("17", 1)], reference="17", customer="Seventeen", actor="Robin"
    )

    found = (await lists.page(search="17")).rows

    assert [row.id for row in found] == [17, order.id]


@pytest.mark.usefixtures("friday")
async def test_orders_that_come_meanwhile_hide_none_that_was_there():
    there = {row.id for row in (await lists.page(Show.TODAY, limit=200)).rows}
    page = await lists.page(Show.TODAY, limit=3)
    seen = [row.id for row in page.rows]

    while page.next:
        await orders.place([Wanted("MUG", 1)], actor="Robin")
        await orders.place([Wanted("MUG", 1)], expires_in=timedelta(minutes=1), actor="Robin")
        page = await lists.page(Show.TODAY, at=lists.place(page.next), limit=3)
        seen += [row.id for row in page.rows]

    assert there <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.usefixtures("friday")
async def test_the_counts_are_those_of_the_lists_and_the_sum_is_that_of_today():
    counted = await totals.counts()
    sold = await totals.sold_today()

    rows = {show: (await lists.page(show, limit=200)).rows for show in Show}
    today = [row for row in rows[Show.TODAY] if row.status == "completed"]
    over = [row for row in rows[Show.EXPIRED] if not row.closed_at]
    assert counted.holds == len(rows[Show.HOLDS])
    assert counted.completed == len(rows[Show.COMPLETED])
    assert counted.cancelled == len(rows[Show.CANCELLED])
    assert counted.expired == len(rows[Show.EXPIRED]) - len(over)
    assert counted.today == len(rows[Show.TODAY]) - len(over)
    assert sold == (
        len(today),
        sum(row.units for row in today),
        sum(row.total_cents for row in today),
        0,
    )
    assert sold.orders > 0


async def test_what_came_back_is_no_part_of_the_sum_of_today():
    mug = await make.product("MUG", on_hand=9, price_cents=350)
    sale = await orders.place([Wanted("MUG", 3)], actor="Robin")
    await orders.place([Wanted("MUG", 1)], actor="Robin")
    await orders.take_back(sale.id, [Back(mug, 2)], actor="Robin")

    sold = await totals.sold_today()

    assert sold == (2, 2, 700, 700)
    async with screen.clerk() as robin:
        page = await robin.get("/orders")
    assert "Sold today, 2 orders less £7.00 that came back 2 £7.00" in page.words


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("is_backward", [False, True])
@pytest.mark.sqlite
async def test_every_part_is_read_along_an_index_and_never_sorted(
    part: Part, is_turned: bool, is_backward: bool
):
    query = parts.read(part, is_turned=is_turned, is_backward=is_backward)
    sql, values, _ = query._compiled

    plan = [row[3] for row in await DB.fetch(f"EXPLAIN QUERY PLAN {sql}", values)]

    finding = plan[: plan.index("SEARCH o USING INTEGER PRIMARY KEY (rowid=?)")]
    walked = {step for step in finding if step.startswith("SCAN") and step != "SCAN found"}
    assert walked <= WALKED.get(part, set())
    assert not [step for step in finding if "TEMP B-TREE" in step]
    if is_turned and part is not Part.NUMBER:  # and begun at the place, not before it
        begun = [step for step in finding if re.match(r"SEARCH .*(<expr>|expires_at|id)[<>]", step)]
        assert len(begun) == {Part.DAY: 3, Part.PRODUCT: 2}.get(part, 1)


async def test_nothing_is_lost_where_orders_ended_at_the_same_moment():
    await make.product("MUG", on_hand=100)
    with clock.at(NOON):
        for _ in range(7):
            await orders.place([Wanted("MUG", 1)], actor="Robin")

        there, back = await all_pages(Show.COMPLETED, limit=2)

    assert shown(there) == shown(back) == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "place",
    [
        b"",
        b"null",
        b"[1]",
        b'["nowhere", false, 1, 1]',
        b'["every", false, -1, 1]',
        b'["every", false, 9223372036854775808, 1]',
        b'["every", false, "2026-11-20T12:00:00Z", 1]',
        b'["held", false, 1, 1]',
        b'["held", false, "0001-01-01T00:00:00+14:00", 1]',  # before time began
    ],
)
def test_what_is_no_place_is_refused(place: bytes):
    with pytest.raises(ValueError, match=r"This is not a place in the list\."):
        lists.place(base64.urlsafe_b64encode(place).decode())


@pytest.mark.parametrize("cursor", ["x", "é", "%00"])
def test_what_is_no_cursor_is_refused(cursor: str):
    with pytest.raises(ValueError, match=r"This is not a place in the list\."):
        lists.place(cursor)


@pytest.mark.usefixtures("friday")
async def test_a_place_in_another_list_begins_anew():
    holds = await lists.page(Show.HOLDS, limit=3)
    assert holds.next

    every = await lists.page(Show.ALL, at=lists.place(holds.next), limit=3)

    assert every == await lists.page(Show.ALL, limit=3)
