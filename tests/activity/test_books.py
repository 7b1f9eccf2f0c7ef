"""The seal of the books: looked at every night and when somebody asks, shown to everybody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import clock, sweeper
from app.books import actions, audit, queries, seal
from app.books.audit import Finding
from app.books.explained import SENTENCES, Explained, explained
from app.live.hub import render_panel
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests import make, screen, shops
from tests.screen import Screen

THREE = datetime(2026, 11, 20, 3, tzinfo=UTC)  # in the morning, when it is time


@pytest.fixture
async def robin() -> AsyncIterator[Screen]:
    async with screen.clerk() as robin:
        yield robin


async def sell_at_a_wrong_total(shop: Path) -> int:
    """Damage that nobody in the program could do. Returns the order."""
    await make.product("MUG", on_hand=9, price_cents=350)
    order = await orders.place([Wanted("MUG", 2)], actor="Kim")
    with shops.beside(shop) as connection:
        connection.rows("UPDATE orders SET total_cents = 699")
    return order.id


async def test_books_that_nobody_looked_at_have_no_seal(robin: Screen):
    page = await robin.get("/activity/books")

    assert page.headings == ["Books not checked yet"]
    assert "Books not checked yet Event 0 Onhand" in page.words


async def test_a_clerk_looks_and_every_page_says_so(robin: Screen):
    await make.product("MUG", on_hand=9)

    with clock.at(THREE):
        page = await robin.press(await robin.get("/activity/books"), "Check now")
        other = await robin.get("/stock")

    assert page.url == "/activity/books"
    assert page.headings == ["The books balance"]
    assert "03:00 by Robin, up to entry 1 balanced" in page.words
    assert "✓ Books balance, 03:00 Event 1 Onhand" in other.words
    assert 'href="/activity/books"' in other.html


async def test_what_is_wrong_is_said_on_every_page_and_explained_on_one(robin: Screen, shop: Path):
    order = await sell_at_a_wrong_total(shop)

    page = await robin.press(await robin.get("/activity/books"), "Check now")
    other = await robin.get("/counter")

    assert page.headings == ["The books do not balance"]
    assert f"The total of order {order} is not what its lines come to. 699 cents" in page.words
    assert f'<a href="/orders/{order}">Look at it</a>' in page.html
    assert "Books do not balance: 1 finding, " in other.words
    assert 'class="colophon__warning" href="/activity/books"' in other.html


async def test_what_was_mended_is_sealed_again_and_not_forgotten(robin: Screen, shop: Path):
    await sell_at_a_wrong_total(shop)
    page = await robin.press(await robin.get("/activity/books"), "Check now")
    with shops.beside(shop) as connection:
        connection.rows("UPDATE orders SET total_cents = 700")

    page = await robin.press(page, "Check now")

    assert page.headings == ["The books balance"]
    assert "Found" not in page.words
    assert [check.found for check in await queries.recent()] == [0, 1]


async def test_the_same_form_sent_twice_is_one_check(robin: Screen):
    page = await robin.get("/activity/books")
    await robin.press(page, "Check now")
    await robin.press(page, "Check now")

    assert len(await queries.recent()) == 1


async def test_of_very_many_findings_the_first_are_kept(
    robin: Screen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(actions, "MOST_KEPT", 2)
    wrong = [Finding(f"order {n}", "1 cents", "has another total than its lines") for n in "123"]
    await actions.keep(audit.Look(clock.now(), 5, wrong), actor="Onhand")

    page = await robin.get("/activity/books")

    assert "3 findings, the first 2 of them here" in page.words
    assert await queries.findings() == wrong[:2]


EXPLAINED = {
    Finding("MUG", "on hand 5, reserved 0; log 4, 0", "differs from its log"): Explained(
        "The numbers of MUG are not what its entries add up to.",
        "on hand 5, reserved 0; log 4, 0",
        "/stock/MUG",
        is_product=True,
    ),
    Finding("event 7", "order 77", "names an order that is not there"): Explained(
        "Entry 7 names an order that is not there.",
        "order 77",
        "/activity?before=8#event-7",
        is_product=False,
    ),
    Finding("order 7", "699 cents", "has another total than its lines"): Explained(
        "The total of order 7 is not what its lines come to.",
        "699 cents",
        "/orders/7",
        is_product=False,
    ),
    Finding("order line 7", "returned 2", "has returned other numbers than came back"): Explained(
        "Order line 7 says another number came back than was written down.",
        "returned 2",
        "",
        is_product=False,
    ),
    Finding("the database", "row 3 missing from index"): Explained(
        "The file of the shop is damaged. Stop selling, and go back to the last good backup.",
        "row 3 missing from index",
        "",
        is_product=False,
    ),
}


@pytest.mark.parametrize("finding", EXPLAINED)
def test_a_finding_is_explained_in_a_sentence_that_leads_to_the_thing(finding: Finding):
    assert explained(finding) == EXPLAINED[finding]


@pytest.mark.sqlite
def test_every_audit_is_explained():
    assert SENTENCES.keys() == {"", *audit.AUDITS}


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        (None, THREE, True),
        (THREE - timedelta(hours=1), THREE - timedelta(seconds=1), False),
        (THREE - timedelta(hours=1), THREE, True),
        (THREE, THREE, False),
        (THREE, THREE + timedelta(hours=23, minutes=59), False),
        (THREE, THREE + timedelta(days=1), True),
        (THREE - timedelta(days=1, seconds=1), THREE - timedelta(seconds=1), True),
    ],
)
async def test_the_books_are_due_once_a_night(last: datetime | None, now: datetime, is_due: bool):
    if last:
        await actions.keep(audit.Look(last, 0, []), actor="Kim")

    with clock.at(now):
        assert await seal.is_due() == is_due


async def test_the_night_finds_what_is_wrong_and_looks_once(robin: Screen, shop: Path):
    await sell_at_a_wrong_total(shop)

    with clock.at(THREE):
        await sweeper.check_books()
        await sweeper.check_books()
        page = await robin.get("/counter")

    (check,) = await queries.recent()
    assert (check.actor, check.found, check.last_event) == ("Onhand", 1, 2)
    assert "Books do not balance: 1 finding, 03:00" in page.words


async def test_pages_do_not_ask_for_the_seal_each_time(
    robin: Screen, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    last = queries.last

    async def counted() -> queries.Check | None:
        asked.append(1)
        return await last()

    monkeypatch.setattr(queries, "last", counted)
    for _ in range(5):
        await robin.get("/stock")

    assert len(asked) == 1


async def test_another_programs_check_is_seen_after_a_while(
    robin: Screen, monkeypatch: pytest.MonkeyPatch
):
    await robin.get("/stock")
    await actions.keep(audit.Look(THREE, 0, []), actor="Onhand")
    before = await robin.get("/stock")
    monkeypatch.setattr(seal, "REREAD", 0.0)
    after = await robin.get("/stock")

    assert "Books not checked yet" in before.words
    assert "✓ Books balance" in after.words


async def test_screens_hear_of_the_seal_with_the_next_event():
    await actions.keep(audit.Look(THREE, 0, [Finding("MUG", "1", "has no level")]), actor="Onhand")

    heard = await render_panel()

    assert '<span data-live="seal"><a class="colophon__warning" href="/activity/books">' in heard
