"""The log of the shop, looked through without scripts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.accounts import actions as accounts
from app.live.frame import note_place
from app.orders import actions as orders
from app.orders.actions import Back, Wanted
from app.orders.tables import Condition
from app.settings import settings
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason
from app.web.answer import AnyRequest
from tests import make, screen
from tests.screen import Page, Screen

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def said_on(page: Page) -> str:
    """Its words, with signs close to the word before them."""
    return page.words.replace(" ,", ",").replace(" :", ":")


@pytest.fixture
async def robin() -> AsyncIterator[Screen]:
    async with screen.clerk() as robin:
        yield robin


async def test_what_happened_last_stands_first_with_its_product_and_both_numbers(robin: Screen):
    with clock.at(NOON):
        mug = await make.product("MUG", name="Blue mug", on_hand=1284)
    with clock.at(NOON + timedelta(hours=2)):
        await stock.adjust(mug, -2, reason=AdjustmentReason.DAMAGED, actor="Kim", note="in transit")
        page = await robin.get("/activity")

    assert (
        "Today 2 14:00 Blue mug MUG Adjusted: damaged, in transit −2 1 284 → 1 282 Kim "
        "1 12:00 Blue mug MUG Opening stock +1 284 0 → 1 284 test"
    ) in said_on(page)


async def test_every_day_of_the_shop_has_its_heading(robin: Screen):
    for days in (400, 2, 1, 0):
        with clock.at(NOON - timedelta(days=days)):
            await make.product()

    with clock.at(NOON):
        page = await robin.get("/activity")

    headings = ("Today", "Yesterday", "Wed 18 Nov", "Thu 16 Oct 2025")
    places = [page.words.index(f"{heading} ") for heading in headings]
    assert places == sorted(places)


async def test_the_entries_of_a_hold_show_what_is_reserved(robin: Screen):
    mug = await make.product("MUG", on_hand=9)
    order = await orders.place([Wanted("MUG", 3)], actor="Kim", expires_in=timedelta(minutes=5))
    await orders.release(order.id, mug, 1, actor="Kim")
    with clock.at(clock.now() + timedelta(minutes=6)):
        await orders.expire_due()
    again = await orders.place([Wanted("MUG", 4)], actor="Kim", expires_in=timedelta(minutes=5))
    await orders.hand_over(again.id, actor="Kim")

    page = await robin.get("/activity")

    for said in (
        f"Held 3 for order {order.id} reserved 0 → 3 Kim",
        f"Released 1 from order {order.id} reserved 3 → 2 Kim",
        f"Expired: released 2 from order {order.id} reserved 2 → 0 Onhand",
        f"Handed over in order {again.id} −4 9 → 5 reserved 4 → 0 Kim",
    ):
        assert said in said_on(page)
    assert f'href="/orders/{again.id}"' in page.html


async def test_what_came_back_says_how(robin: Screen):
    mug = await make.product("MUG", on_hand=9)
    order = await orders.place([Wanted("MUG", 5)], actor="Kim")
    backs = [Back(mug, 2, Condition.DAMAGED), Back(mug, 1, Condition.GONE), Back(mug, 1)]
    await orders.take_back(order.id, backs, actor="Kim")

    page = await robin.get("/activity?kind=returned")

    assert f"Returned from order {order.id} +1 4 → 5 Kim" in said_on(page)
    assert f"Returned from order {order.id}: 2 damaged 0 5 → 5 Kim" in said_on(page)
    assert f"Returned from order {order.id}: 1 gone 0 5 → 5 Kim" in said_on(page)


async def test_an_undoing_leads_to_what_it_undid_and_back(robin: Screen):
    mug = await make.product("MUG", on_hand=9)
    kim = await make.clerk("Kim")
    lost = await stock.adjust(mug, -2, reason=AdjustmentReason.LOST, actor="Kim")
    await orders.undo(lost, clerk=kim, actor="Kim")

    page = await robin.get("/activity")

    assert "Undone: adjusted, entry 2 +2 7 → 9 Kim" in said_on(page)
    assert "Adjusted: lost, undone by 3 −2 9 → 7 Kim" in said_on(page)
    assert 'href="/activity?before=3#event-2"' in page.html
    assert 'href="/activity?before=4#event-3"' in page.html


async def test_every_undoing_says_what_it_undid(robin: Screen):
    mug = await make.product("MUG", on_hand=9)
    kim = await make.clerk("Kim")
    later = timedelta(minutes=30)
    sale = await orders.place([Wanted("MUG", 1)], actor="Kim", clerk=kim)
    await orders.undo(2, clerk=kim, actor="Kim")
    hold = await orders.place([Wanted("MUG", 1)], actor="Kim", clerk=kim, expires_in=later)
    await orders.undo(4, clerk=kim, actor="Kim")
    over = await orders.place([Wanted("MUG", 1)], actor="Kim", clerk=kim, expires_in=later)
    await orders.hand_over(over.id, actor="Kim", clerk=kim)
    await orders.undo(7, clerk=kim, actor="Kim")
    await orders.cancel(over.id, actor="Kim")
    await orders.undo(9, clerk=kim, actor="Kim")
    back = await orders.place([Wanted("MUG", 1)], actor="Kim", clerk=kim)
    await orders.take_back(back.id, [Back(mug, 1)], actor="Kim")
    await orders.undo(12, clerk=kim, actor="Kim")

    page = await robin.get("/activity?kind=undone")

    for said in (
        f"Undone: sold in order {sale.id}, entry 2 ",
        f"Undone: held for order {hold.id}, entry 4 ",
        f"Undone: handed over in order {over.id}, entry 7 ",
        f"Undone: released from order {over.id}, entry 9 ",
        f"Undone: returned from order {back.id}, entry 12 ",
    ):
        assert said in said_on(page)


async def test_a_program_is_told_from_a_clerk_where_the_name_can_tell(robin: Screen):
    await accounts.add_token("webshop")
    await make.clerk("Kim")
    mug = await make.product("MUG", on_hand=9)
    await stock.receive(mug, 1, actor="webshop")
    await stock.receive(mug, 2, actor="Kim")

    page = await robin.get("/activity?kind=received")

    assert "+1 9 → 10 webshop program" in page.words
    assert "+2 10 → 12 Kim 2 " in page.words


async def test_what_has_come_since_is_counted_and_nothing_else(robin: Screen):
    mug = await make.product("MUG", on_hand=9)
    bowl = await make.product("BOWL", on_hand=9)
    await stock.receive(mug, 1, actor="Kim")
    await stock.receive(bowl, 1, actor="Kim")
    await stock.count(mug, 10, actor="Kim")
    partial = {"HX-Request": "true", "HX-Request-Type": "partial"}

    one = await robin.client.get("/activity/newer?after=3&search=MUG", headers=partial)
    three = await robin.client.get("/activity/newer?after=2", headers=partial)
    none = await robin.client.get("/activity/newer?after=5", headers=partial)

    assert '<a class="button button--quiet newer__link" href="/activity?search=MUG">' in one.text
    assert "1 new entry" in one.text
    assert "3 new entries" in three.text
    assert "new" not in none.text


async def test_many_that_have_come_since_are_over_so_many(
    robin: Screen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.activity.controllers.MOST_NEWER", 3)
    for _ in range(4):
        await make.product()

    newer = await robin.client.get("/activity/newer?after=0")

    assert "Over 2 new entries" in newer.text


async def test_what_comes_while_a_page_is_made_is_new_to_it(
    robin: Screen, monkeypatch: pytest.MonkeyPatch
):
    await make.product("MUG")

    async def and_then_a_delivery(request: AnyRequest) -> None:
        await note_place(request)
        await make.product("BOWL")

    monkeypatch.setattr("app.asgi.note_place", and_then_a_delivery)
    page = await robin.get("/activity")

    assert "BOWL" not in page.words
    assert "/activity/newer?after=2" in page.html


async def test_a_page_of_the_past_does_not_ask_for_what_is_new(robin: Screen):
    await make.product()
    yesterday = f"{datetime.now(UTC) - timedelta(1):%Y-%m-%d}"
    today = f"{datetime.now(settings.timezone):%Y-%m-%d}"

    for address in ("/activity", f"/activity?from={yesterday}", f"/activity?to={today}"):
        assert "/activity/newer" in (await robin.get(address)).html
    for address in ("/activity?before=1", f"/activity?to={yesterday}", "/activity?from=x"):
        assert "/activity/newer" not in (await robin.get(address)).html


async def test_a_shop_in_which_nothing_happened_says_so(robin: Screen):
    empty = await robin.get("/activity")
    await make.product("MUG", name="Blue mug")
    none = await robin.get("/activity?kind=counted")
    near = await robin.get("/activity?search=bleu")

    assert "Nothing has happened yet" in empty.words
    assert "No entry fits these filters" in none.words
    assert "Nothing is spelled “bleu”; this comes near." in near.words
    assert "Blue mug" in near.words


async def test_what_was_typed_wrongly_is_said_and_stays(robin: Screen):
    await make.product("MUG", name="Blue mug")

    order = await robin.get("/activity?from=2026-11-20&to=2026-11-18&search=mug")
    typed = await robin.get("/activity?from=20.11.2026")

    assert order.status == typed.status == 422
    assert "The end is before the beginning." in order.words
    assert order.typed("/activity", "from") == "2026-11-20"
    assert order.typed("/activity", "search") == "mug"
    assert "Blue mug" not in order.words
    assert "Write the day like 2026-11-21." in typed.words
    assert typed.typed("/activity", "from") == "20.11.2026"


async def test_a_search_that_means_too_much_asks_for_more(
    robin: Screen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.activity.queries.MOST_PRODUCTS", 2)
    for _ in range(3):
        await make.product(name="Blue mug")

    page = await robin.get("/activity?search=mug")
    sheet = await robin.client.get("/activity/export?search=mug")

    assert page.status == sheet.status_code == 422
    assert "Write more of the name, or a SKU." in page.words
    assert "Write more of the name, or a SKU." in sheet.text


async def test_everybody_in_the_log_can_be_chosen(robin: Screen):
    mug = await make.product("MUG")
    before = await robin.get("/activity")
    await stock.receive(mug, 1, actor="Åsa")
    after = await robin.get("/activity?who=Nobody")

    assert "Åsa" not in before.words
    assert '<option value="Åsa">Åsa</option>' in after.html
    assert '<option value="Nobody" selected>Nobody</option>' in after.html
