"""Screens that stay true by themselves, and say so when they cannot."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from app.database import DB
from app.orders import actions as orders
from app.orders.actions import Wanted
from tests import books, make, shops
from tests.e2e.conftest import Opens, Shop, run_async
from tests.e2e.network import Held, Late
from tests.server import Server


def test_badges_numbers_and_the_panel_follow_a_sale_elsewhere(shop: Shop, open_screen: Opens):
    mug = shop.product("Aaa live mug", on_hand=9, reorder_point=5)
    stock, counter, product = open_screen("/stock"), open_screen(), open_screen(f"/stock/{mug}")
    row = stock.get_by_role("row").filter(has_text="Aaa live mug")
    expect(row).to_contain_text("9 available")
    panel = counter.get_by_role("region", name="Low stock")
    low = int(panel.locator(".section-head small").inner_text().split(",")[0])

    shop.sell(mug, 6)

    expect(row).to_contain_text("3 low")
    expect(row.locator("[data-on-hand]")).to_have_text("3")
    expect(product.locator("[data-free]")).to_have_text("3")
    expect(panel.locator(".section-head small")).to_contain_text(f"{low + 1}")
    expect(row.locator("[data-stock]")).to_have_attribute("data-available", "3")


def test_a_product_page_explains_the_number_that_it_shows_now(shop: Shop, open_screen: Opens):
    mug = shop.product("Explained mug", on_hand=9)
    page = open_screen(f"/stock/{mug}")
    expect(page.get_by_text("Opened with 9")).to_contain_text("so 9 are on hand")

    shop.sell(mug, 4)

    expect(page.locator("[data-free]")).to_have_text("5")
    expect(page.locator("#why")).to_contain_text("−4 sold, so 5 are on hand")
    expect(page.get_by_text("newest first; they add up to 5")).to_be_visible()
    expect(page.get_by_role("listitem").first).to_contain_text("9 → 5")


def test_a_product_page_keeps_its_history_when_it_cannot_ask_anew(shop: Shop, open_screen: Opens):
    mug = shop.product("Keeping mug", on_hand=9)
    page = open_screen(f"/stock/{mug}")
    asked: list[Route] = []

    def refuse(route: Route) -> None:
        asked.append(route)
        route.fulfill(status=404, body="<main>gone</main>", content_type="text/html")

    page.route(f"**/stock/{mug}", refuse)
    shop.sell(mug, 1)
    expect(page.locator("[data-free]")).to_have_text("8")
    while not asked:
        page.wait_for_timeout(10)
    page.unroute(f"**/stock/{mug}", refuse)
    expect(page.get_by_role("heading", name="Events")).to_be_visible()
    shop.sell(mug, 1)

    expect(page.locator("#why")).to_contain_text("−2 sold, so 7 are on hand")


def test_an_open_form_counts_from_what_is_there_now(shop: Shop, open_screen: Opens):
    mug = shop.product("Counted mug", on_hand=9)
    page = open_screen(f"/stock?search={mug}")
    page.get_by_role("link", name="Receive", exact=True).click()
    page.get_by_label("Quantity").fill("10")
    expect(page.get_by_text("On hand 9 becomes")).to_contain_text("9")

    shop.sell(mug, 4)

    expect(page.get_by_text("On hand 5 becomes")).to_be_visible()
    expect(page.locator("[data-becomes-what]")).to_have_text("15")
    expect(page.get_by_label("Quantity")).to_have_value("10")


def test_an_older_number_never_takes_the_place_of_a_newer_one(shop: Shop, open_screen: Opens):
    mug = shop.product("Newest mug", on_hand=9)
    page = open_screen(f"/stock/{mug}")
    shop.sell(mug, 1)
    expect(page.locator("[data-free]")).to_have_text("8")

    page.evaluate(
        """sku => document.dispatchEvent(new CustomEvent("changes", {detail: {data:
            `<div data-event="1" data-shelf="${sku}"><b data-free>500</b></div>`}}))""",
        mug,
    )

    expect(page.locator("[data-free]")).to_have_text("8")


def test_an_answer_that_comes_late_does_not_take_the_place_of_the_news(
    shop: Shop, open_screen: Opens
):
    mug = shop.product("Belated mug", on_hand=9)
    page = open_screen("/stock")
    late = Late(page, "**/stock/rows*")
    other = open_screen(f"/stock/{mug}")
    page.get_by_label("Name, SKU or barcode").fill(mug)
    late.is_made()
    shop.sell(mug, 4)
    expect(other.locator("[data-free]")).to_have_text("5")
    late.arrives()

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.locator(f'[data-stock="{mug}"]')).to_have_text("5 available")


HIDE = """hidden => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_screen_that_wakes_without_a_link_does_not_ask_without_a_pause(
    shop: Shop, open_screen: Opens
):
    page = open_screen(f"/stock/{shop.product('Cut mug', on_hand=9)}")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))

    page.evaluate(HIDE, True)
    page.context.set_offline(True)
    page.evaluate(HIDE, False)
    page.wait_for_timeout(1_500)  # a second in which very many could be made

    assert 1 <= len(failed) < 8


def test_a_screen_that_slept_catches_up_at_once(shop: Shop, open_screen: Opens):
    mug = shop.product("Sleeping mug", on_hand=9)
    page = open_screen(f"/stock/{mug}")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    page.evaluate(HIDE, True)
    shop.sell(mug, 4)
    page.evaluate(HIDE, False)

    at_once = 2_000  # after a restart of the shop it would wait longer before it tries again
    expect(page.locator("[data-free]")).to_have_text("5", timeout=at_once)


def test_a_screen_hears_also_when_one_of_its_scripts_is_late(shop: Shop, open_screen: Opens):
    mug = shop.product("Late mug", on_hand=9)
    page = open_screen("/nowhere")
    held = Held(page, "**/vendor/hx-sse*")
    page.goto(f"/stock/{mug}", wait_until="commit")
    while not page.evaluate("window.htmx && document.readyState === 'interactive'"):
        pass
    held.request().continue_()
    page.wait_for_load_state()
    shop.sell(mug, 1)

    expect(page.locator("[data-free]")).to_have_text("8")


def test_a_screen_that_missed_too_much_asks_for_what_it_shows(shop: Shop, open_screen: Opens):
    mug = shop.product("Resync mug", on_hand=9)
    page = open_screen(f"/stock?search={mug}")
    badge = page.locator(f'[data-stock="{mug}"]')
    expect(badge).to_have_text("9 available")

    page.evaluate(
        "sku => document.querySelector(`[data-stock='${sku}'] b`).textContent = 'wrong'", mug
    )
    page.evaluate("document.dispatchEvent(new CustomEvent('resync'))")

    expect(badge).to_have_text("9 available")


@pytest.fixture
def lone_shop(empty_shop: Path, tmp_path: Path) -> tuple[Path, str]:
    """A shop of one mug, whose server may be killed; and a clerk's session."""
    path = tmp_path / "lone.sqlite"
    shops.copy(empty_shop, path)

    async def seed() -> str:
        DB.shop = shops.address(path)
        await DB.open()
        await make.product("MUG", name="Lone mug", on_hand=9)
        session = await make.session(await make.clerk())
        await DB.close()
        return session

    return path, run_async(seed())


async def sell_one(path: Path) -> None:
    DB.shop = shops.address(path)
    await DB.open()
    await orders.place([Wanted("MUG", 2)], actor="kim")
    await DB.close()


def test_a_lost_link_is_said_and_made_up_for_without_a_reload(
    browser: Browser, lone_shop: tuple[Path, str]
):
    path, session = lone_shop
    server = Server(path)
    port = server.url.rsplit(":", 1)[1]
    context = browser.new_context(base_url=server.url, timezone_id="UTC")
    context.add_cookies([{"name": "onhand", "value": session, "url": server.url}])
    page = context.new_page()
    page.goto("/stock")
    row = page.get_by_role("row").filter(has_text="Lone mug")
    expect(row).to_contain_text("9 available")
    page.get_by_label("Name, SKU or barcode").fill("half typ")

    server.kill()
    expect(page.get_by_text("The order is kept; a sale is checked")).to_be_visible()
    expect(page.get_by_text("Link lost", exact=True)).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-link", "lost")
    run_async(sell_one(path))
    server = Server(path, "--port", port)
    page.get_by_role("button", name="Try now").click()

    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_text("The order is kept; a sale is checked")).to_be_hidden()
    expect(page.get_by_label("Name, SKU or barcode")).to_have_value("half typ")
    page.get_by_label("Name, SKU or barcode").fill("lone")
    expect(row).to_contain_text("7 available")
    context.close()
    assert server.stop() == 0
    books.balance(path)


def test_open_screens_do_not_keep_the_server_from_stopping(
    browser: Browser, lone_shop: tuple[Path, str]
):
    path, session = lone_shop
    server = Server(path)
    context = browser.new_context(base_url=server.url)
    context.add_cookies([{"name": "onhand", "value": session, "url": server.url}])
    for _ in range(3):
        page = context.new_page()
        page.goto("/stock")
        expect(page.get_by_text("Live", exact=True)).to_be_visible()

    assert server.stop() == 0

    context.close()
