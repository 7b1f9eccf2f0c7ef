"""The stock list in a browser: the row becomes the form, and the form the row."""

from playwright.sync_api import expect

from tests.e2e.conftest import Opens, Shop


def test_goods_are_received_and_adjusted_in_their_row(shop: Shop, open_screen: Opens):
    sku = shop.product("Row mug", on_hand=9)
    page = open_screen(f"/stock?search={sku}")
    row = page.get_by_role("row").filter(has_text="Row mug")

    row.get_by_role("link", name="Receive", exact=True).click()
    page.get_by_label("Quantity").fill("12")
    expect(page.get_by_text("On hand 9 becomes 21")).to_be_visible()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("21 available")
    expect(page.get_by_role("status")).to_contain_text("12 of Row mug received.")

    row.get_by_role("link", name="Adjust", exact=True).click()
    page.get_by_label("Change").fill("-30")
    page.get_by_label("Reason").select_option("damaged")
    page.get_by_label("Note").fill("jars cracked")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("can go: 21 on hand, none reserved.")).to_be_visible()
    expect(page.get_by_label("Change")).to_have_value("-30")
    expect(page.get_by_label("Note")).to_have_value("jars cracked")
    page.get_by_label("Change").fill("-1")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("20 available")

    assert shop.available(sku) == 20


def test_escape_gives_the_row_back(shop: Shop, open_screen: Opens):
    sku = shop.product("Escape mug", on_hand=9)
    page = open_screen(f"/stock?search={sku}")
    row = page.get_by_role("row").filter(has_text="Escape mug")

    row.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_label("Name", exact=True)).to_have_count(0)
    expect(row.get_by_role("link", name="Edit", exact=True)).to_be_visible()


def test_name_price_and_reorder_point_are_edited_in_the_row(shop: Shop, open_screen: Opens):
    sku = shop.product("Edit mug", on_hand=9)
    page = open_screen(f"/stock?search={sku}")

    page.get_by_role("row").filter(has_text="Edit mug").get_by_role(
        "link", name="Edit", exact=True
    ).click()
    page.get_by_label("Name", exact=True).fill("Edited mug")
    page.get_by_label("Price").fill("4.20")
    page.get_by_label("Reorder point").fill("10")
    page.get_by_role("button", name="Save").click()

    row = page.get_by_role("row").filter(has_text="Edited mug")
    expect(row).to_contain_text("£4.20")
    expect(row).to_contain_text("9 low")


def test_the_list_is_searched_while_one_types_and_its_address_can_be_kept(
    shop: Shop, open_screen: Opens
):
    shop.product("Xylophone wooden", on_hand=9)
    shop.product("Xylophone tin", on_hand=0)
    page = open_screen("/stock")

    page.get_by_label("Name, SKU or barcode").press_sequentially("xylophoen", delay=20)
    expect(page.get_by_text("Nothing is spelled “xylophoen”; this comes near.")).to_be_visible()
    page.get_by_label("Name, SKU or barcode").fill("xylophone")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page).to_have_url(f"{shop.url}/stock?search=xylophone")
    page.get_by_role("navigation", name="Filters").get_by_role("link", name="Out").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Sort").select_option("sku")
    expect(page).to_have_url(f"{shop.url}/stock?search=xylophone&status=out&sort=sku")
    page.reload()

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Xylophone tin")


def test_a_badge_leads_to_why(shop: Shop, open_screen: Opens):
    sku = shop.product("Why mug", on_hand=9)
    shop.sell(sku, 2)
    page = open_screen(f"/stock?search={sku}")

    page.locator(f'[data-stock="{sku}"]').click()

    expect(page).to_have_url(f"{shop.url}/stock/{sku}#why")
    expect(page.get_by_text("; since then −2 sold, so 7 are on hand.")).to_be_visible()


def test_a_new_product_is_found_at_once(shop: Shop, open_screen: Opens):
    page = open_screen("/stock/new")
    page.get_by_label("SKU").fill("BRAND-NEW")
    page.get_by_label("Price").fill("12.50")
    page.get_by_label("Name").fill("Brand new thing")
    page.get_by_label("On hand now").fill("3")
    page.get_by_label("Barcodes").press_sequentially("4006381333931\n4006381333948\n")
    page.get_by_role("button", name="Add product").click()

    expect(page.get_by_role("heading", name="Brand new thing")).to_be_visible()
    page.goto("/counter")
    page.keyboard.type("4006381333948\n")
    expect(page.get_by_label("Quantity of Brand new thing")).to_have_value("1")
