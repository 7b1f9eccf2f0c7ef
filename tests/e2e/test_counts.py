"""Two people count one shelf while a third sells; their scans add up, and the books follow."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opens, Shop
from tests.e2e.network import Held
from tests.e2e.test_every_page import check


def scan(page: Page, *codes: str) -> None:
    page.get_by_label("Scan or search").focus()
    for code in codes:
        page.keyboard.type(f"{code}\n")


def counted(page: Page, name: str) -> str:
    return page.get_by_label(f"Counted of {name}").input_value()


def begin(page: Page, name: str, search: str) -> str:
    page.goto("/counts/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("A search").check()
    page.get_by_role("textbox", name="Search").fill(search)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return page.url


def test_two_count_one_shelf_while_a_third_sells(shop: Shop, open_screen: Opens):
    mug = shop.product("Shelfware mug", on_hand=42)
    bowl = shop.product("Shelfware bowl", on_hand=9)
    cup = shop.product("Shelfware cup", on_hand=7)
    anna, tom = open_screen("/counts"), open_screen("/counts")
    url = begin(anna, "Shelf 3", "shelfware")
    tom.goto(url)

    scan(anna, mug, mug, f"30*{mug}")
    expect(tom.get_by_label("Counted of Shelfware mug")).to_have_value("32", timeout=2_000)
    shop.sell(bowl, 2)
    scan(tom, f"8*{mug}", f"5*{bowl}")
    expect(anna.get_by_label("Counted of Shelfware mug")).to_have_value("40", timeout=2_000)
    shop.sell(bowl, 1)
    shop.sell(mug, 3)
    expect(anna.get_by_text("2 of 3 products, 45 units")).to_be_visible()

    anna.get_by_role("link", name="Variance list").click()
    expect(anna.get_by_role("row").filter(has_text="Shelfware mug")).to_contain_text("42")
    expect(anna.get_by_role("row").filter(has_text="Shelfware mug")).to_contain_text("−2")
    expect(anna.get_by_role("row").filter(has_text="Shelfware bowl")).to_contain_text("−2")
    anna.get_by_role("button", name="None of Shelfware cup is there").click()
    anna.get_by_label("Note on Shelfware mug").fill("two are in the window")
    anna.keyboard.press("Enter")
    anna.get_by_role("button", name="Apply 3 counts").click()
    expect(anna.get_by_role("status").get_by_text("3 counts applied.")).to_be_visible()

    assert [shop.available(sku) for sku in (mug, bowl, cup)] == [37, 4, 0]
    anna.get_by_role("button", name="Undo").click()
    expect(anna.get_by_role("button", name="Apply 3 counts")).to_be_visible()
    assert [shop.available(sku) for sku in (mug, bowl, cup)] == [39, 6, 7]
    anna.get_by_role("button", name="Apply 3 counts").click()
    anna.get_by_role("button", name="Close").click()
    expect(anna.get_by_text("3 of 3 counts applied.")).to_be_visible()
    assert [shop.available(sku) for sku in (mug, bowl, cup)] == [37, 4, 0]
    tom.goto(f"/stock/{mug}")
    expect(tom.get_by_text("two are in the window").first).to_be_visible()


def test_what_moves_while_it_is_counted_asks_to_be_counted_once_more(
    shop: Shop, open_screen: Opens
):
    sku = shop.product("Restless mug", on_hand=20)
    page = open_screen("/counts")
    url = begin(page, "Shelf 4", "restless")

    scan(page, f"10*{sku}")
    expect(page.get_by_label("Counted of Restless mug")).to_have_value("10")
    shop.sell(sku, 1)
    scan(page, f"9*{sku}")
    expect(page.get_by_label("Counted of Restless mug")).to_have_value("19")
    page.goto(f"{url}/variances")
    expect(page.get_by_text("The shelf changed by −1 while it was counted.")).to_be_visible()
    expect(page.get_by_role("button", name="Nothing to apply yet")).to_be_disabled()
    page.get_by_role("button", name="Counted again").click()
    page.get_by_role("button", name="Apply 1 count").click()
    expect(page.get_by_role("status").get_by_text("1 count applied.")).to_be_visible()

    assert shop.available(sku) == 19


def test_what_is_typed_stays_while_a_colleague_counts(shop: Shop, open_screen: Opens):
    mug = shop.product("Typed mug", on_hand=20)
    bowl = shop.product("Typed bowl", on_hand=20)
    page, tom = open_screen("/counts"), open_screen("/counts")
    tom.goto(begin(page, "Shelf 5", "typed"))
    scan(page, mug)
    expect(page.get_by_label("Counted of Typed mug")).to_have_value("1")

    page.get_by_label("Counted of Typed mug").fill("12")
    scan(tom, bowl)
    expect(page.get_by_label("Counted of Typed bowl")).to_have_value("1", timeout=2_000)
    expect(page.get_by_label("Counted of Typed mug")).to_have_value("12")
    expect(page.get_by_label("Counted of Typed mug")).to_be_focused()
    page.keyboard.press("Enter")

    expect(tom.get_by_label("Counted of Typed mug")).to_have_value("12", timeout=2_000)
    expect(page.get_by_label("Scan or search")).to_be_focused()


def test_what_is_typed_is_sent_when_the_hand_leaves_it(shop: Shop, open_screen: Opens):
    mug = shop.product("Left mug", on_hand=20)
    page, tom = open_screen("/counts"), open_screen("/counts")
    tom.goto(begin(page, "Shelf 6", "left mug"))

    page.get_by_label("Counted of Left mug").fill("12")
    page.get_by_label("Scan or search").focus()

    expect(tom.get_by_label("Counted of Left mug")).to_have_value("12", timeout=2_000)
    assert shop.available(mug) == 20


def test_a_number_over_the_scan_of_a_colleague_is_told_and_stays(shop: Shop, open_screen: Opens):
    mug = shop.product("Both mug", on_hand=20)
    page, tom = open_screen("/counts"), open_screen("/counts")
    tom.goto(begin(page, "Shelf 7", "both mug"))

    page.get_by_label("Counted of Both mug").fill("12")
    scan(tom, mug)
    expect(page.get_by_text("1 product, 1 unit")).to_be_visible(timeout=2_000)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Both mug stands at 1 now, by Clerk")).to_be_visible()
    scan(tom, mug)
    expect(tom.get_by_label("Counted of Both mug")).to_have_value("2")
    expect(page.get_by_label("Counted of Both mug")).to_have_value("12")


def test_ten_quick_scans_are_ten_and_the_last_is_taken_back(shop: Shop, open_screen: Opens):
    sku = shop.product("Quick mug", on_hand=20)
    page = open_screen("/counts")
    begin(page, "Shelf 8", "quick mug")

    scan(page, *[sku] * 10)
    expect(page.get_by_label("Counted of Quick mug")).to_have_value("10")
    page.get_by_role("button", name="One more of Quick mug").click()
    expect(page.get_by_label("Counted of Quick mug")).to_have_value("11")
    expect(page.locator("#said")).to_have_text("Quick mug: 11")
    page.get_by_label("Scan or search").focus()
    page.keyboard.press("Control+Backspace")

    expect(page.get_by_label("Counted of Quick mug")).to_have_value("10")


def test_a_scan_waits_for_no_look_at_the_list(shop: Shop, open_screen: Opens):
    """A network that holds back what a screen asks by itself holds back no scan."""
    sku = shop.product("Held mug", on_hand=20)
    page = open_screen("/counts")
    begin(page, "Shelf 9", "held mug")
    held = Held(page, "**/lines?shown=*")
    held.request()

    scan(page, sku)

    counted = page.get_by_role("list", name="Counted, your own first")
    expect(counted.get_by_label("Counted of Held mug")).to_have_value("1")


def test_a_delivery_is_scanned_on_a_phone_and_received(shop: Shop, open_screen: Opens):
    mug = shop.product("Delivered mug", on_hand=5)
    page = open_screen("/receipts", viewport={"width": 390, "height": 844}, has_touch=True)
    page.get_by_label("New delivery").fill("2291")
    page.get_by_role("button", name="Begin to scan").click()

    page.get_by_label("Scan or search").fill("delivered")
    page.get_by_role("option", name="Delivered mug").click()
    page.get_by_role("button", name="One more of Delivered mug").click()
    expect(page.get_by_label("Counted of Delivered mug")).to_have_value("2")
    page.get_by_role("button", name="Receive 2 units").click()

    expect(page.get_by_role("status").get_by_text("2291: 2 units received.")).to_be_visible()
    expect(page.get_by_label("Scan or search")).to_be_hidden()
    assert shop.available(mug) == 7


def test_one_product_is_counted_and_stepped_in_its_row(shop: Shop, open_screen: Opens):
    sku = shop.product("Stepped mug", on_hand=42)
    page = open_screen(f"/stock?search={sku}")
    row = page.get_by_role("row").filter(has_text="Stepped mug")

    row.get_by_role("link", name="Count", exact=True).click()
    page.get_by_label("Counted").fill("40")
    expect(page.get_by_text("Variance −2 On hand 42 becomes 40")).to_be_visible()
    shop.sell(sku, 3)
    expect(page.get_by_text("Variance −2 On hand 39 becomes 37")).to_be_visible()
    page.keyboard.press("Enter")
    said = "Stepped mug: counted 40, expected 42: −2. Since then −3: 37 on hand."
    expect(page.get_by_role("status").get_by_text(said)).to_be_visible()
    row.get_by_role("link", name="Adjust", exact=True).click()
    page.get_by_role("button", name="One less").click()
    page.get_by_role("button", name="One less").click()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("On hand 37 becomes 36")).to_be_visible()
    page.get_by_label("Reason").select_option("damaged")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("36 available")

    assert shop.available(sku) == 36


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (1024, "light"), (390, "dark")])
def test_every_page_of_a_count_can_be_read_by_everybody(
    shop: Shop, open_screen: Opens, width: int, scheme: str
):
    name = f"Readable {scheme} {width} mug with a rather long name to be set"
    mug = shop.product(name, on_hand=1_000_000, price_cents=99_999_99)
    bowl = shop.product(f"Readable {scheme} {width} bowl", on_hand=5)
    viewport = {"width": width, "height": 900}
    page = open_screen("/counts", viewport=viewport, color_scheme=scheme)
    check(page)
    url = begin(page, "Shelf 3", f"readable {scheme} {width}")
    check(page)
    scan(page, f"999998*{mug}", f"4*{bowl}")
    expect(page.get_by_text("2 products")).to_be_visible()
    page.get_by_label("Scan or search").fill("readable")
    expect(page.get_by_role("option").first).to_be_visible()
    check(page)
    page.get_by_label(f"Counted of {name}").fill("many")
    page.get_by_label("Scan or search").focus()
    expect(page.get_by_text("What was counted has to be a whole number.")).to_be_visible()
    check(page)
    shop.sell(bowl, 1)
    scan(page, bowl)
    for address in (f"{url}/variances", f"{url}/entries", "/counts", "/counts/new", "/receipts"):
        page.goto(address)
        check(page)
    page.goto(f"/stock/{bowl}/counts/new")
    page.get_by_label("Counted").fill("3")
    check(page)
    page.goto("/receipts")
    page.get_by_label("New delivery").fill("2291")
    page.get_by_role("button", name="Begin to scan").click()
    scan(page, mug)
    expect(page.get_by_role("button", name="Receive 1 unit")).to_be_visible()
    check(page)
