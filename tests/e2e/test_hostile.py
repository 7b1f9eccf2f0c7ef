"""A real browser: texts that would do something, and other sites that would like to."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Opens, Shop
from tests.hostile import TEXTS

WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation",
    e => window.__violations.push(e.violatedDirective + " " + e.blockedURI));
"""
INJECTED = (
    "[onmouseover], [onerror], [onload], [onfocus], base, meta[http-equiv], svg[onload], "
    "script:not([src]), form[action*=evil], [href^=javascript], [hx-post='/v1/orders']"
)
EVIL = ["http://evil.example", "http://127.0.0.1:9"]  # another site; ours, but for the port


def check(page: Page) -> None:
    """Nothing of a text was executed, nothing became an element, and no policy had to stop it."""
    assert page.evaluate("window.__pwned") is None
    assert page.locator(INJECTED).count() == 0
    assert page.evaluate("window.__violations") == []


def test_no_text_does_anything_in_a_browser(shop: Shop, open_screen: Opens):
    skus = [shop.product(text, on_hand=5) for text in TEXTS]
    for text, sku in zip(TEXTS, skus, strict=True):
        lines = [{"sku": sku, "quantity": 1}]
        shop.api("/v1/orders", lines=lines, customer=text[:100], reference=text[:100])
        shop.api("/v1/orders", lines=lines, customer=text[:100], expires_in=3_600)
    page = open_screen("/sign-out")
    page.add_init_script(WATCH)

    for address in ("/orders", "/activity", "/alerts", "/stock?search=mug", "/orders?show=open"):
        page.goto(address)
        check(page)
    for sku in skus[:6]:
        page.goto(f"/stock/{sku}")
        check(page)


def test_no_text_does_anything_that_comes_by_itself_or_is_answered(shop: Shop, open_screen: Opens):
    skus = [shop.product(f"wicked {text}", on_hand=9, reorder_point=8) for text in TEXTS[:8]]
    page = open_screen("/sign-out")
    page.add_init_script(WATCH)
    page.goto("/counter")

    for sku in skus:  # each becomes low while the panel is looked at
        shop.sell(sku, 8)
    panel = page.get_by_role("region", name="Low stock")
    expect(panel.locator(f'[data-stock="{skus[0]}"]').first).to_be_attached()
    check(page)
    box = page.get_by_label("Scan or search")
    box.fill("wicked")
    expect(page.get_by_role("option").first).to_be_visible()
    check(page)
    box.fill(skus[1])
    box.press("Enter")
    expect(page.get_by_text(TEXTS[1]).first).to_be_visible()
    page.get_by_role("button", name="Complete sale").click()
    expect(page.get_by_role("status").first).to_contain_text("complete")
    check(page)
    for sku in skus:  # others look at the panel too
        shop.api(f"/v1/inventory/{sku}/receipts", quantity=100)


@pytest.fixture
def victim(shop: Shop, browser: Browser) -> Iterator[Page]:
    """A browser at which somebody is signed in, and which may complain of what others try."""
    context = browser.new_context()
    context.add_cookies([{"name": "onhand", "value": shop.sessions.pop(), "url": shop.url}])
    yield context.new_page()
    context.close()


def look_at(page: Page, origin: str, html: str) -> None:
    """A page of another site."""
    page.route(f"{origin}/**", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"{origin}/look")


def products(shop: Shop, sku: str) -> int:
    found: dict[str, list[object]] = shop.api(f"/v1/products?search={sku}")  # type: ignore[assignment]
    return len(found["items"])


@pytest.mark.parametrize("origin", EVIL)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_a_form_of_another_site_changes_nothing(shop: Shop, victim: Page, origin: str, kind: str):
    form = f"""
        <form method=post action="{shop.url}/stock" enctype="{kind}"><input name=sku value=FORGED>
        <input name=name value=Forged><input name=price value=1><button>Win</button></form>
    """

    look_at(victim, origin, form)
    with victim.expect_response(f"{shop.url}/stock") as answer:
        victim.get_by_role("button", name="Win").click()

    assert answer.value.status == 403
    assert products(shop, "FORGED") == 0


@pytest.mark.parametrize("origin", EVIL)
def test_a_script_of_another_site_reads_nothing_and_changes_nothing(
    shop: Shop, victim: Page, origin: str
):
    ask = """async address => {
        const body = new URLSearchParams({sku: "FORGED", name: "Forged", price: "1"});
        const ways = [{mode: "no-cors", method: "POST", body}, {mode: "cors", method: "POST", body},
                      {mode: "cors"}, {mode: "no-cors"}];
        const read = [];
        for (const way of ways) {
            try {
                const answer = await fetch(address, {credentials: "include", ...way});
                read.push(await answer.text());
            } catch (error) { read.push(""); }
        }
        return read;
    }"""

    look_at(victim, origin, "<p>Look")
    read = victim.evaluate(ask, f"{shop.url}/stock")

    assert read == [""] * 4
    assert products(shop, "FORGED") == 0


def test_no_other_site_can_show_the_shop_in_a_frame(shop: Shop, victim: Page):
    look_at(victim, EVIL[0], f'<iframe src="{shop.url}/stock"></iframe>')
    framed = victim.frame_locator("iframe").get_by_role("heading", name="Stock")

    expect(victim.locator("iframe")).to_be_attached()
    expect(framed).to_have_count(0)


def test_a_form_of_our_own_is_taken(shop: Shop, victim: Page):
    """The control: what the forged forms ask for can be done."""
    victim.goto(f"{shop.url}/stock/new")
    victim.get_by_label("SKU").fill("OUR-OWN")
    victim.get_by_label("Name").fill("Our own")
    victim.get_by_label("Price").fill("1")
    with victim.expect_response(f"{shop.url}/stock") as answer:
        victim.locator("main form").get_by_role("button").first.click()

    assert answer.value.status == 303
    assert products(shop, "OUR-OWN") == 1
