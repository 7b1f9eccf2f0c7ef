"""What holds for every page: readable by everybody, on any width, with and without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import shops
from tests.e2e.conftest import PASSWORD, Opens, Shop
from tests.e2e.test_orders import placed

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def check(page: Page) -> None:
    """Nobody is kept from reading it, and nothing sticks out of it."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    wrong = [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found["violations"]]
    assert wrong == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_every_page_can_be_read_by_everybody(
    shop: Shop, open_screen: Opens, width: int, scheme: str
):
    low = shop.product(
        "Readable low mug with a rather long name to be set", on_hand=2, reorder_point=5
    )
    much = shop.product("Readable mug", on_hand=1_000_000, price_cents=99_999_99)
    viewport = {"width": width, "height": 900}
    page = open_screen("/counter", viewport=viewport, color_scheme=scheme)
    check(page)

    page.get_by_label("Scan or search").fill("readable")
    expect(
        page.get_by_role("listbox", name="Products found").get_by_role("option").first
    ).to_be_visible()
    check(page)
    for typed in (f"7*{low}", f"999999*{much}"):
        page.get_by_label("Scan or search").fill(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Scan or search")).to_have_value("")
    expect(page.get_by_text("2 lines")).to_be_visible()
    page.get_by_role("button", name="Complete sale", exact=True).click()
    expect(page.get_by_text("Refused: asked 7")).to_be_visible()
    check(page)
    for address in (
        "/stock",
        "/stock?search=nothing+like+it",
        f"/stock?search={low}&status=low",
        "/stock/new",
        f"/stock/{much}",
        f"/stock/{low}/receipts/new",
        f"/stock/{low}/adjustments/new",
        f"/stock/{low}/edit",
        "/alerts",
        "/alerts?only=snoozed",
        f"/alerts/{low}/order",
        f"/alerts/{low}/snooze",
        f"/alerts/{low}/reorder-point",
        "/alerts/purchase-list",
        "/activity",
        "/activity?search=readable&when=dates&from=2026-11-20&to=2026-11-18",
        f"/activity?search={low}&kind=counted",
        "/activity/books",
        "/sign-out",
        "/nowhere",
    ):
        page.goto(address)
        check(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_the_orders_can_be_read_by_everybody(
    shop: Shop, open_screen: Opens, width: int, scheme: str
):
    name = f"Readable {width} with a rather long name that has to be set in two lines"
    held, sku = placed(shop, name)
    sold, _ = placed(shop, name, lasts=None)
    viewport = {"width": width, "height": 900}
    page = open_screen("/orders", viewport=viewport, color_scheme=scheme)
    check(page)

    for address in (
        f"/orders/{held}",
        f"/orders/{held}/extension/new",
        f"/orders/{held}/release/new",
        f"/orders/{sold}/cancellation/new",
        f"/orders/{sold}/returns/new",
        f"/orders/new?sku={sku}",
        "/orders?show=waiting",
        "/orders?search=nothing+like+it",
        "/orders/lost",
    ):
        page.goto(address)
        check(page)
    page.get_by_label("SKU or barcode").fill(sku)
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()
    check(page)
    page.goto(f"/orders/{sold}/returns/new")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Say how many come back.")).to_be_visible()
    check(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_the_settings_can_be_read_by_everybody(
    shop: Shop, open_screen: Opens, width: int, scheme: str
):
    viewport = {"width": width, "height": 900}
    manager = shop.managers.pop()
    page = open_screen("/settings", session=manager, viewport=viewport, color_scheme=scheme)
    check(page)
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Address").fill("http://127.0.0.1:9/nobody?" + "listens" * 20)
    page.get_by_label("Chosen types").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Choose one of them at least.")).to_be_visible()
    check(page)
    page.get_by_label("Low stock LowStockDetected").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Secret")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Done").click()
    check(page)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Nobody answers at this address")).to_be_visible()
    check(page)
    page.goto("/settings/webhooks")
    check(page)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Backups").click()
    if shops.IS_SQLITE:
        page.get_by_role("button", name="Back up now").click()
        made = page.get_by_text("A backup is being made.")
        expect(made).to_have_count(0, timeout=30_000)  # it stands back for whoever is at work
        expect(page.get_by_role("heading", name="Backed up a moment ago")).to_be_visible()
    check(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (1024, "light"), (390, "dark")])
def test_the_door_and_who_may_come_in_can_be_read_by_everybody(
    shop: Shop, open_screen: Opens, width: int, scheme: str
):
    viewport = {"width": width, "height": 900}
    manager = shop.managers.pop()
    page = open_screen("/settings/clerks", session=manager, viewport=viewport, color_scheme=scheme)
    check(page)

    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The name is missing.")).to_be_visible()
    check(page)
    page.get_by_label("Name").fill(f"Somebody with a rather long name {width}")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Link")).to_be_visible()
    check(page)
    page.goto("/settings/tokens")
    page.get_by_label("Name").fill(f"Web shop {width}")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_label("Token")).to_be_visible()
    check(page)
    for address in ("/settings/tokens", "/settings/clerks/1", "/settings/access", "/account"):
        page.goto(address)
        check(page)
    page.get_by_role("button", name="Set PIN").click()
    expect(page.get_by_text("A PIN is 4 to 8 digits.")).to_be_visible()
    check(page)
    for label, typed in (("PIN", "4711"), ("Repeat PIN", "4711"), ("Your password", PASSWORD)):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_role("button", name="Set PIN").click()
    page.get_by_role("button", name="Switch clerk").click()
    expect(page.get_by_text("Who is at the till?")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Sign in with a password").click()
    check(page)


def test_the_forms_in_a_row_can_be_read_by_everybody(shop: Shop, open_screen: Opens):
    sku = shop.product("Row to be read", on_hand=2)
    page = open_screen(f"/stock?search={sku}")

    for way, field in (("Receive", "Quantity"), ("Adjust", "Change"), ("Edit", "Price")):
        page.get_by_role("link", name=way, exact=True).click()
        expect(page.get_by_label(field)).to_be_visible()
        page.get_by_label(field).fill("")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".field__mistake").first).to_be_visible()
        check(page)
        page.keyboard.press("Escape")
        expect(page.get_by_label(field)).to_have_count(0)


def test_the_forms_of_an_alert_can_be_read_by_everybody(shop: Shop, open_screen: Opens):
    name = "Alert to be read"
    shop.product(name, on_hand=2, reorder_point=5)
    page = open_screen("/alerts")
    row = page.get_by_role("row").filter(has_text=name)

    for way, button in (("Order", "Save"), ("Snooze", "For a week"), ("Reorder point", "Save")):
        row.get_by_role("link", name=way, exact=way != "Reorder point").click()
        expect(page.get_by_role("button", name=button)).to_be_visible()
        check(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=button)).to_have_count(0)


def test_the_door_can_be_read_by_everybody(open_screen: Opens):
    page = open_screen("/sign-in", signed_in=False)
    check(page)

    page.get_by_label("Name").fill("Nobody")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("The name or the password is not right.")).to_be_visible()
    check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_page_for_programmers_can_be_read_by_everybody_without_a_token(
    open_screen: Opens, width: int, scheme: str
):
    viewport = {"width": width, "height": 900}
    page = open_screen("/v1/docs", signed_in=False, viewport=viewport, color_scheme=scheme)
    check(page)

    page.get_by_role("link", name="POST /orders", exact=True).click()
    expect(page.get_by_role("heading", name="POST /v1/orders", exact=True)).to_be_in_viewport()


def test_a_clerk_signs_in_in_a_browser(open_screen: Opens):
    page = open_screen("/stock", signed_in=False)
    page.get_by_label("Name").fill("clerk 0")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Stock")).to_be_visible()


def test_a_whole_day_without_scripts(shop: Shop, open_screen: Opens):
    mug = shop.product("Plain mug", on_hand=5)
    page = open_screen("/counter", java_script_enabled=False)

    page.get_by_label("Scan or search").fill("plain mgu")
    page.keyboard.press("Enter")
    page.get_by_label("Scan or search").fill("plain mug")
    page.keyboard.press("Enter")
    page.get_by_role("option", name="Plain mug").click()
    page.get_by_role("button", name="One more of Plain mug").click()
    page.get_by_label("Quantity of Plain mug").fill("9")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Complete sale", exact=True).click()
    expect(page.get_by_text("Refused: asked 9, 5 free.")).to_be_visible()
    page.get_by_role("button", name="Take 5").click()
    page.get_by_role("button", name="Complete sale", exact=True).click()
    expect(page.get_by_text("1 line, 5 units, £17.50")).to_be_visible()
    assert shop.available(mug) == 0

    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_label("Name, SKU or barcode").fill("plain mug")
    page.keyboard.press("Enter")
    row = page.get_by_role("row").filter(has_text="Plain mug")
    expect(row).to_contain_text("0 out")
    row.get_by_role("link", name="Receive").click()
    page.get_by_label("Quantity").fill("six")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The quantity has to be a whole number.")).to_be_visible()
    page.get_by_label("Quantity").fill("6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Opened with 5")).to_be_visible()
    assert shop.available(mug) == 6
