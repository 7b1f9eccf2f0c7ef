"""The log of the shop in a browser: looked through, followed, saved; a number asked why."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opens, Shop

NUMBER = re.compile(r"[0-9]+ new entr(y|ies)")


def entries(page: Page) -> list[str]:
    return page.locator(".entry__what").all_inner_texts()


def test_new_entries_are_offered_and_the_list_stays(shop: Shop, open_screen: Opens):
    mug = shop.product("Followed mug", on_hand=50)
    other = shop.product("Another mug", on_hand=50)
    page = open_screen(f"/activity?search={mug}")
    expect(page.get_by_text("Opening stock")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    top = page.locator(".entry").first.bounding_box()

    shop.sell(mug, 1)
    shop.sell(other, 1)
    expect(page.get_by_role("link", name="1 new entry")).to_be_visible()
    for _ in range(3):
        shop.sell(mug, 2)
    expect(page.get_by_role("link", name="4 new entries")).to_be_visible()

    assert entries(page) == ["Opening stock"]
    assert page.locator(".entry").first.bounding_box() == top
    page.get_by_role("link", name="4 new entries").click()
    expect(page.locator(".entry")).to_have_count(5)
    expect(page.get_by_text(NUMBER)).to_have_count(0)


def test_filters_cut_the_list_as_they_are_chosen(shop: Shop, open_screen: Opens, tmp_path: Path):
    mug = shop.product("Filtered =mug", on_hand=50)
    shop.sell(mug, 2)
    page = open_screen("/activity")

    page.get_by_label("Name, SKU or barcode").fill("filtered")
    expect(page.locator(".entry")).to_have_count(2)
    page.get_by_role("link", name="Sold", exact=True).click()
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_label("When").select_option("Today")
    page.get_by_label("Who").select_option("journeys")
    expect(page).to_have_url(re.compile(r"search=filtered&who=journeys&kind=sold&when=today"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()

    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as sheet:
        (row,) = csv.DictReader(sheet)
    assert (row["sku"], row["on_hand_change"], row["kind"]) == (mug, "-2", "sold")
    assert page.locator(".entry__id").all_inner_texts()[0].replace("\u202f", "") == row["event"]
    page.get_by_label("When").select_option("Dates")
    page.get_by_label("From", exact=True).fill("2026-11-20")
    page.get_by_label("to", exact=True).fill("2026-11-18")
    expect(page.get_by_text("The end is before the beginning.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-11-20")


def test_asking_why_does_not_lose_the_cart(shop: Shop, open_screen: Opens):
    mug = shop.product("Asked mug", on_hand=7)
    shop.api("/v1/orders", lines=[{"sku": mug, "quantity": 2}], expires_in=600, customer="Ms Lee")
    page = open_screen("/counter")
    page.get_by_label("Scan or search").fill(f"3*{mug}")
    page.keyboard.press("Enter")
    line = page.get_by_role("listitem").filter(has_text="Asked mug")

    line.locator(".badge").click()
    expect(page.locator("#why")).to_contain_text("2 are promised to 1 order, until")
    expect(page.get_by_role("heading", name="Reserved")).to_be_visible()
    expect(page.locator(".promise")).to_contain_text("2Ms Lee, order")
    shop.api(f"/v1/inventory/{mug}/receipts", quantity=5)
    expect(page.locator("#why")).to_contain_text("+5 received, so 12 are on hand")
    page.go_back()

    expect(page.get_by_label("Quantity of Asked mug")).to_have_value("3")


def test_the_seal_leads_to_the_books(open_screen: Opens):
    page = open_screen("/stock")

    page.locator(".colophon a").click()
    page.get_by_role("button", name="Check now").click()

    expect(page.get_by_role("heading", name="The books balance")).to_be_visible()
    expect(page.locator(".colophon")).to_contain_text("✓ Books balance")
