"""Holds and sales on screens that several clerks look at."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from app.database import DB
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests import shops
from tests.e2e.conftest import Opens, Shop, run_async
from tests.e2e.network import Late

HOUR = timedelta(hours=1)


async def _placed(
    path: Path, sku: str, quantity: int, customer: str, lasts: timedelta | None
) -> int:
    DB.shop = shops.address(path)
    await DB.open(checkpoints=False)
    order = await orders.place(
        [Wanted(sku, quantity)], customer=customer, expires_in=lasts, actor="Kim"
    )
    await DB.close()
    return order.id


def placed(
    shop: Shop, name: str, *, quantity: int = 2, lasts: timedelta | None = HOUR
) -> tuple[int, str]:
    """An order of this journey's own product and customer. Returns its number and the SKU."""
    sku = shop.product(name, on_hand=9)
    return run_async(_placed(shop.path, sku, quantity, f"Mrs {name}", lasts)), sku


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=f"Mrs {name}")


def test_a_hold_that_a_colleague_hands_over_is_seen_as_handed_over(shop: Shop, open_screen: Opens):
    _, mug = placed(shop, "Ferris")
    page, colleague = open_screen("/orders?show=holds"), open_screen("/orders")
    expect(row(page, "Ferris")).to_contain_text("Hold")

    row(colleague, "Ferris").get_by_role("button", name="Hand over").click()

    expect(colleague.get_by_role("status")).to_contain_text("handed over")
    expect(row(colleague, "Ferris")).to_contain_text("Completed")
    expect(row(page, "Ferris")).to_contain_text("Completed")
    expect(row(page, "Ferris").get_by_role("button", name="Hand over")).to_have_count(0)
    colleague.get_by_role("button", name="Undo").click()
    expect(row(page, "Ferris")).to_contain_text("Hold")
    expect(row(colleague, "Ferris").get_by_role("button", name="Hand over")).to_be_visible()
    assert shop.available(mug) == 7


def test_a_hold_that_a_colleague_extends_or_recalls_is_seen_so(shop: Shop, open_screen: Opens):
    """Neither writes an entry in the log."""
    _, mug = placed(shop, "Farley", lasts=timedelta(minutes=20))
    page, colleague = open_screen("/orders?show=holds"), open_screen("/orders")
    expect(row(page, "Farley")).to_contain_text("19:")

    row(colleague, "Farley").get_by_role("button", name="Extend").click()
    expect(row(colleague, "Farley")).to_contain_text("49:")
    expect(row(page, "Farley")).to_contain_text("49:")

    row(colleague, "Farley").get_by_role("button", name="Recall").click()
    expect(row(page, "Farley")).to_contain_text("on the counter of")
    assert shop.available(mug) == 7


def test_a_hold_that_runs_out_while_two_look_at_it_expires_on_both_screens(
    shop: Shop, open_screen: Opens
):
    number, mug = placed(shop, "Gower", lasts=timedelta(seconds=4))
    page, colleague = open_screen("/orders"), open_screen(f"/orders/{number}")
    expect(row(page, "Gower")).to_contain_text("left")
    expect(colleague.get_by_role("button", name="Hand over")).to_be_visible()

    expect(row(page, "Gower")).to_contain_text("Expired", timeout=10_000)
    expect(colleague.get_by_role("button", name="Sell again")).to_be_visible()
    assert shop.available(mug) == 9


def test_the_news_that_overtakes_an_answer_does_not_take_its_way_back(
    shop: Shop, open_screen: Opens
):
    _, mug = placed(shop, "Hobbs")
    page, other = open_screen("/orders"), open_screen(f"/stock/{mug}")
    late = Late(page, "**/completion")

    row(page, "Hobbs").get_by_role("button", name="Hand over").click()
    late.is_made()
    expect(other.locator("[data-promised]")).to_have_text("0")
    expect(page.locator('[data-live="last-event"]')).to_have_text(
        other.locator('[data-live="last-event"]').inner_text()
    )
    late.arrives()

    expect(row(page, "Hobbs")).to_contain_text("Completed")
    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()


def test_what_is_left_of_a_hold_is_counted_by_the_time_that_passes_here(
    shop: Shop, open_screen: Opens
):
    placed(shop, "Ince", lasts=timedelta(minutes=61))
    page = open_screen("/stock")
    page.clock.install(time="2001-01-01T00:00:00Z")  # a clock that is quite wrong
    page.goto("/orders?show=holds")
    left = row(page, "Ince").locator(".countdown")
    expect(left).to_contain_text("until ")

    page.clock.run_for(90_000)
    expect(left).to_contain_text("59:")
    width = left.bounding_box()
    page.clock.run_for(55 * 60_000)

    expect(left).to_contain_text("4:")
    expect(left).to_have_class("countdown countdown--soon")
    assert left.bounding_box() == width


def test_what_a_customer_brings_back_is_taken_back_and_undone(shop: Shop, open_screen: Opens):
    number, mug = placed(shop, "Jessop", quantity=4, lasts=None)
    page = open_screen(f"/orders?search={number}")

    page.get_by_role("link", name=f"Return from order {number}").click()
    page.get_by_label("Back to shelf").fill("3")
    page.get_by_label("Damaged").fill("2")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("More would come back than order")).to_be_visible()
    expect(page.get_by_label("Back to shelf")).to_have_value("3")
    page.get_by_label("Damaged").fill("1")
    page.get_by_role("button", name="Take back").click()

    expect(page.get_by_role("status")).to_contain_text("4 units taken back")
    expect(page).to_have_url(f"{shop.url}/orders/{number}")
    assert shop.available(mug) == 8
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status")).to_contain_text("is undone")
    expect(page.get_by_role("row").filter(has_text="Jessop")).not_to_contain_text("4 came back")
    assert shop.available(mug) == 5


def test_a_product_is_put_aside_where_it_is_looked_at(shop: Shop, open_screen: Opens):
    mug = shop.product("Mug for Kerr", on_hand=9)
    page = open_screen(f"/stock/{mug}")

    page.get_by_role("link", name="Put aside").click()
    expect(page.get_by_label("Quantity")).to_be_focused()
    page.get_by_label("Quantity").fill("30")
    page.get_by_label("For", exact=True).fill("Mrs Kerr")
    page.get_by_role("button", name="Put aside").click()
    expect(page.get_by_text(f"Only 9 of {mug} available, 30 wanted.")).to_be_visible()
    page.get_by_label("Quantity").fill("3")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Put aside for Mrs Kerr until")).to_be_visible()
    expect(page.locator("#promises")).to_contain_text("Mrs Kerr, order")
    expect(page.locator("[data-free]")).to_have_text("6")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-free]")).to_have_text("9")


def test_the_list_is_searched_while_typing(shop: Shop, open_screen: Opens):
    number, _ = placed(shop, "Lomax")
    placed(shop, "Mundy")
    page = open_screen("/orders?show=holds")
    expect(row(page, "Mundy")).to_be_visible()

    page.get_by_label("Number, customer, reference or SKU").fill("lomax")

    expect(row(page, "Mundy")).to_have_count(0)
    expect(row(page, "Lomax")).to_contain_text(str(number))
    expect(page).to_have_url(f"{shop.url}/orders?show=holds&search=lomax")
    expect(page.get_by_role("link", name="All", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


def test_whoever_waits_no_more_leaves_the_list(shop: Shop, open_screen: Opens):
    mug = shop.product("Awaited mug", on_hand=1)
    page = open_screen(f"/counter?search={mug}")
    page.get_by_label("Scan or search").fill(f"4*{mug}")
    page.keyboard.press("Enter")
    page.get_by_label("Customer or note").fill("Mrs Nunn")
    page.get_by_role("button", name="Hold when back").click()
    expect(page.get_by_text("1 line, 1 unit")).to_be_visible()  # what is there can be sold now

    page.goto("/orders?show=waiting")
    page.get_by_role("button", name="Stop waiting for Awaited mug").click()

    expect(page.get_by_role("row").filter(has_text="Awaited mug")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("Nobody waits for it any more.")
