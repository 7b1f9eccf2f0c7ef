"""What runs low, taken care of by several people at once."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opens, Shop


def panel_row(page: Page, name: str) -> Locator:
    return (
        page.get_by_role("region", name="Low stock").get_by_role("listitem").filter(has_text=name)
    )


def alert_row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


def test_a_claim_in_the_panel_is_seen_by_a_colleague_at_once(shop: Shop, open_screen: Opens):
    sku = shop.product("Claimed mug", on_hand=9, reorder_point=5)
    mine, colleague = open_screen(), open_screen()
    shop.sell(sku, 9)
    expect(panel_row(colleague, "Claimed mug")).to_contain_text("0 hours")

    mine.get_by_label("Scan or search").fill("half typ")
    panel_row(mine, "Claimed mug").get_by_role("button", name="Claim Claimed mug").click()

    expect(mine.get_by_role("status")).to_contain_text("Claimed mug claimed.")
    expect(panel_row(colleague, "Claimed mug")).to_contain_text("claimed")
    expect(panel_row(mine, "Claimed mug").get_by_role("button", name="Release")).to_be_visible()
    expect(mine.get_by_label("Scan or search")).to_have_value("half typ")
    expect(panel_row(colleague, "Claimed mug").get_by_role("button")).to_have_count(0)
    panel_row(mine, "Claimed mug").get_by_role("button", name="Release").click()
    expect(panel_row(colleague, "Claimed mug")).to_contain_text("Reorder point 5")


def test_the_hand_stays_on_a_button_of_the_panel_while_others_sell(shop: Shop, open_screen: Opens):
    sku = shop.product("Held mug", on_hand=9, reorder_point=5)
    shop.sell(sku, 6)
    page = open_screen()
    claim = panel_row(page, "Held mug").get_by_role("button", name="Claim")

    claim.focus()
    shop.sell(sku, 1)
    expect(panel_row(page, "Held mug")).to_contain_text("2 low")

    expect(claim).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel_row(page, "Held mug")).to_contain_text("claimed")


def test_the_panel_stays_as_it_is_while_nothing_in_it_changes(shop: Shop, open_screen: Opens):
    sku = shop.product("Calm mug", on_hand=9, reorder_point=5)
    other = shop.product("Plentiful mug", on_hand=9)
    page = open_screen()
    shop.sell(sku, 6)
    expect(panel_row(page, "Calm mug")).to_be_visible()
    page.get_by_label("Scan or search").fill("plentiful")
    expect(page.get_by_role("option", name="Plentiful mug")).to_contain_text("9 available")
    shop.sell(other, 1)
    expect(page.get_by_role("option", name="Plentiful mug")).to_contain_text("8 available")
    panel_row(page, "Calm mug").evaluate("row => { row.dataset.seen = '' }")

    shop.sell(other, 1)
    expect(page.get_by_role("option", name="Plentiful mug")).to_contain_text("7 available")

    expect(panel_row(page, "Calm mug")).to_have_attribute("data-seen", "")


def test_the_page_of_alerts_follows_what_colleagues_do_and_keeps_an_open_form(
    shop: Shop, open_screen: Opens
):
    for name in ("First followed mug", "Second followed mug"):
        shop.sell(shop.product(name, on_hand=9, reorder_point=5), 8)
    page, colleague = open_screen("/alerts"), open_screen("/alerts")
    first, second = "First followed mug", "Second followed mug"

    alert_row(colleague, first).get_by_role("button", name="Claim").click()
    expect(alert_row(page, first)).to_contain_text("Claimed by")
    alert_row(page, second).get_by_role("link", name="Order", exact=True).click()
    page.get_by_label("Quantity").fill("37")
    alert_row(colleague, first).get_by_role("button", name="Release").click()
    expect(alert_row(colleague, first)).to_contain_text("Nobody yet")
    expect(page.get_by_label("Quantity")).to_have_value("37")
    page.keyboard.press("Escape")

    expect(alert_row(page, first)).to_contain_text("Nobody yet")


def test_the_reorder_point_is_edited_in_its_row(shop: Shop, open_screen: Opens):
    sku = shop.product("Pointed mug", on_hand=9, reorder_point=5)
    shop.sell(sku, 5)
    page, counter = open_screen("/alerts"), open_screen()
    row = alert_row(page, "Pointed mug")
    expect(panel_row(counter, "Pointed mug")).to_be_visible()

    row.get_by_role("link", name="Reorder point 5: edit").click()
    expect(page.get_by_label("Reorder point", exact=True)).to_be_focused()
    page.get_by_label("Reorder point", exact=True).fill("many")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The reorder point has to be a whole number.")).to_be_visible()
    page.get_by_label("Reorder point", exact=True).fill("3")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("The reorder point of Pointed mug is 3.")
    expect(row).to_contain_text("No longer low")
    expect(panel_row(counter, "Pointed mug")).to_have_count(0)


def test_an_order_is_noted_in_its_row_and_the_purchase_list_is_copied_without_it(
    shop: Shop, open_screen: Opens
):
    shop.sell(shop.product("Ordered mug", on_hand=9, reorder_point=5), 8)
    shop.sell(shop.product("=Wanted mug", on_hand=9, reorder_point=5), 8)
    page = open_screen("/alerts", permissions=["clipboard-read", "clipboard-write"])
    row = alert_row(page, "Ordered mug")

    row.get_by_role("link", name="Order", exact=True).click()
    expect(page.get_by_label("Quantity")).to_have_value("12")  # 5 + 8 − 1
    page.get_by_label("Quantity").fill("24")
    page.get_by_label("Due").fill(page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("24 ordered by")
    expect(row).to_contain_text("due today")
    page.get_by_role("link", name="Purchase list").click()
    page.get_by_label("Quantity of =Wanted mug").fill("30")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_contain_text("copied.")

    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        "\t'=Wanted mug\t30\t8 sold in 14 days, 1 available, reorder point 5"
        in copied.lower().replace("wanted", "Wanted")
    )
    assert "Ordered mug" not in copied


def test_alerts_are_taken_care_of_without_scripts(shop: Shop, open_screen: Opens):
    shop.sell(shop.product("Scriptless mug", on_hand=9, reorder_point=5), 9)
    page = open_screen("/counter", java_script_enabled=False)

    panel_row(page, "Scriptless mug").get_by_role("button", name="Claim").click()
    expect(panel_row(page, "Scriptless mug")).to_contain_text("claimed")
    page.get_by_role("link", name="Alerts").click()
    alert_row(page, "Scriptless mug").get_by_role("link", name="Order", exact=True).click()
    page.get_by_label("Quantity").fill("none")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The quantity has to be a whole number.")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    alert_row(page, "Scriptless mug").get_by_role("link", name="Snooze").click()
    page.get_by_role("button", name="For a week").click()
    expect(alert_row(page, "Scriptless mug")).to_contain_text("Snoozed by")
    page.goto("/counter")

    expect(panel_row(page, "Scriptless mug")).to_have_count(0)
