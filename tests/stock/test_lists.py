"""The stock list, turned page by page: every product once, whatever happens meanwhile."""

from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from app import fields
from app.database import DB
from app.stock import actions as stock
from app.stock import lists, queries
from app.stock.lists import Page, Sort, Status
from app.stock.tables import AdjustmentReason
from tests import make, shops

NAMES = ["Blue mug", "blue mug", "Äpfel", "apfel", "Zebra", "Mug", "10 spoons", "2 spoons", "Ärger"]


async def forty_products() -> None:
    """Equal names, equal numbers, some low, some out, two no longer sold."""
    random = Random(7)
    for n in range(40):
        product = await make.product(
            f"SKU-{random.randrange(10**6)}-{n}",
            name=NAMES[n % len(NAMES)],
            on_hand=random.choice([0, 0, 1, 2, 3, 8, 8, 8, 50]),
            reorder_point=random.choice([0, 2, 5]),
        )
        if n in {3, 30}:
            await make.archive(product)


@pytest.fixture(scope="module")
def forty(empty_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.copy_with(forty_products, empty_shop, tmp_path_factory.mktemp("forty"))


@pytest.fixture
async def goods(forty: Path, shop: Path) -> None:
    await DB.close()
    shops.copy(forty, shop)
    await DB.open()


def key(level: queries.Level, sort: Sort) -> tuple[object, int]:
    keys = {
        Sort.NAME: (fields.plain(level.name), level.id),
        Sort.SKU: (level.sku.lower(), level.id),
        Sort.AVAILABLE: (level.available, level.id),
    }
    return keys[sort]


async def turn(page: Page, to: str, status: Status | None, sort: Sort, limit: int) -> Page:
    cursor = getattr(page, to)
    return await lists.page(status=status, sort=sort, at=lists.place(cursor), limit=limit)


def shown(pages: Iterable[Page]) -> list[int]:
    return [level.id for page in pages for level in page.levels]


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("status", [None, *Status])
async def test_turning_the_pages_shows_each_product_once_in_order(
    status: Status | None, sort: Sort
):
    everything = (await lists.page(limit=200)).levels
    expected = sorted(
        (
            level
            for level in everything
            if status is None
            or {
                Status.OK: not level.is_low,
                Status.LOW: level.is_low,
                Status.OUT: level.available == 0,
            }[status]
        ),
        key=lambda level: key(level, sort),
    )

    assert len(everything) == 38
    for limit in (1, 7, 50):
        pages = [await lists.page(status=status, sort=sort, limit=limit)]
        while pages[-1].next:
            pages.append(await turn(pages[-1], "next", status, sort, limit))
        back = [pages[-1]]
        while back[-1].previous:
            back.append(await turn(back[-1], "previous", status, sort, limit))

        assert shown(pages) == [level.id for level in expected]
        assert shown(reversed(back)) == [level.id for level in expected]
        assert {len(page.levels) for page in pages[:-1]} <= {limit}
        assert pages[0].previous is None


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("sort", list(Sort))
async def test_products_added_meanwhile_hide_none_that_was_there(sort: Sort):
    random = Random(11)
    there = {level.id for level in (await lists.page(limit=200)).levels}
    page = await lists.page(sort=sort, limit=5)
    seen = [level.id for level in page.levels]

    while page.next:
        for _ in range(3):
            await make.product(name=random.choice(NAMES), on_hand=random.choice([0, 8, 50]))
        page = await turn(page, "next", None, sort, 5)
        seen += [level.id for level in page.levels]

    assert there <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.usefixtures("goods")
async def test_the_counts_are_those_of_the_lists():
    counts = await lists.counts(await queries.last_event())

    low = (await lists.page(status=Status.LOW, limit=200)).levels
    out = (await lists.page(status=Status.OUT, limit=200)).levels
    assert (counts.low, counts.out) == (len(low), len(out))
    assert 0 < counts.out < counts.low < 38


async def test_what_is_no_longer_sold_is_neither_listed_nor_counted():
    mug = await make.product("MUG-BLUE")
    old = await make.product("MUG-OLD")
    await make.archive(old)

    assert [level.id for level in (await lists.page()).levels] == [mug]
    assert await lists.counts(await queries.last_event()) == (1, 1)


async def test_the_counts_follow_whatever_happens():
    mug = await make.product("MUG-BLUE", on_hand=5, reorder_point=2)
    counted = []

    for change in (
        stock.adjust(mug, -3, reason=AdjustmentReason.LOST, actor="Robin"),
        stock.count(mug, 0, actor="Robin"),
        stock.receive(mug, 2, actor="Robin"),
        stock.set_reorder_point(mug, 1, actor="Robin"),
        stock.add_product("BOWL", "Bowl", price_cents=1, actor="Robin"),
    ):
        await change
        counted.append(tuple(await lists.counts(await queries.last_event())))

    assert counted == [(1, 0), (1, 1), (1, 0), (0, 0), (1, 1)]


async def test_a_product_whose_stock_is_all_reserved_is_out_but_not_gone():
    mug = await make.product("MUG-BLUE", on_hand=3)
    await make.reserved(mug, 3)

    (level,) = (await lists.page(status=Status.OUT)).levels

    assert (level.available, level.on_hand, level.is_out) == (0, 3, True)


@pytest.mark.usefixtures("goods")
async def test_a_search_is_turned_page_by_page_too():
    every = [level.id for level in (await lists.page("mug", limit=200)).levels]
    page = await lists.page("mug", limit=4)
    seen = [level.id for level in page.levels]

    while page.next:
        page = await lists.page("mug", at=lists.place(page.next), limit=4)
        seen += [level.id for level in page.levels]

    assert seen == every
    assert len(every) > 8


@pytest.mark.usefixtures("goods")
async def test_a_place_in_another_order_begins_anew():
    by_name = await lists.page(limit=5)
    assert by_name.next

    by_sku = await lists.page(sort=Sort.SKU, at=lists.place(by_name.next), limit=5)

    assert by_sku == await lists.page(sort=Sort.SKU, limit=5)


async def test_behind_the_last_product_there_is_nothing():
    await make.product("MUG-BLUE")
    page = await lists.page()
    behind = lists.Place.of(page.levels[0], Sort.NAME)

    assert await lists.page(at=lists.place(behind)) == Page([], None, None)


@pytest.mark.parametrize("cursor", ["", "x", "é", "eyJhIjoxfQ==", "WzEsMl0=", "bnVsbA==", "%00"])
def test_what_is_no_place_is_refused(cursor: str):
    with pytest.raises(ValueError, match=r"This is not a place in the list\."):
        lists.place(cursor)


@pytest.mark.parametrize("typed", ["", "gone", "LOW"])
def test_what_is_no_status_is_refused(typed: str):
    with pytest.raises(ValueError, match=r"One of ok, low, out\."):
        lists.status(typed)


async def test_as_of_is_the_newest_event_of_the_shop():
    await make.product("MUG-BLUE", on_hand=3)
    await make.product("BOWL", on_hand=3)

    mug = (await lists.page("blue")).levels[0]

    assert mug.as_of == 2
