"""A shared till: a clerk is added, comes in with a PIN, sells, and is sent away."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, Opens, Shop, orders_of

PIN = "4711"


def add_clerk(manager: Page, name: str) -> str:
    """The link by which the clerk comes in."""
    manager.goto("/settings/clerks")
    manager.get_by_label("Name").fill(name)
    manager.get_by_role("button", name="Add").click()
    return manager.get_by_label("Link").input_value()


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile("/counter$"))


def set_pin(page: Page) -> None:
    page.goto("/account")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_label("Repeat PIN").fill(PIN)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set PIN").click()
    expect(page.get_by_role("button", name="Change PIN")).to_be_visible()


def switch_to(till: Page, name: str) -> None:
    """With the finger, on the pad."""
    till.get_by_role("button", name="Switch clerk").click()
    till.get_by_text(name).click()
    for digit in PIN:
        till.get_by_role("button", name=digit, exact=True).click()
    till.get_by_role("button", name="Sign in").click()
    expect(till.get_by_role("link", name=name)).to_be_visible()


def test_a_clerk_is_added_sells_at_the_till_and_is_sent_away(shop: Shop, open_screen: Opens):
    sku = shop.product("Till mug", on_hand=5)
    till = open_screen(session=shop.managers.pop())
    office = open_screen("/settings", session=shop.managers.pop())
    phone = open_screen("/sign-in", signed_in=False)

    come_in(phone, add_clerk(office, "Amara"))
    set_pin(phone)
    switch_to(till, "Amara")
    till.get_by_label("Scan or search").fill(sku)
    till.keyboard.press("Enter")
    till.get_by_role("button", name="Complete sale", exact=True).click()
    expect(till.locator(".last-sale")).to_contain_text("£3.50")
    assert orders_of(shop, sku) == 1

    cookies = {cookie["name"]: cookie["value"] for cookie in phone.context.cookies()}
    plain = open_screen("/stock", session=cookies["onhand"], java_script_enabled=False)
    office.goto("/settings/clerks")
    office.get_by_role("link", name="Amara").click()
    office.get_by_role("button", name="Disable").click()

    expect(till).to_have_url(re.compile("/sign-in"))
    expect(till.get_by_text("Amara")).to_have_count(0)
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    plain.get_by_role("link", name="Orders", exact=True).click()
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_till_works_by_keyboard_and_without_scripts(shop: Shop, open_screen: Opens):
    office = open_screen("/settings", session=shop.managers.pop())
    phone = open_screen("/sign-in", signed_in=False)
    come_in(phone, add_clerk(office, "Bela"))
    set_pin(phone)

    phone.get_by_role("button", name="Switch clerk").click()
    phone.get_by_role("radio", name="Bela").check()
    phone.keyboard.type("47119")
    phone.keyboard.press("Backspace")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(re.compile("/counter$"))

    cookies = [cookie for cookie in phone.context.cookies() if cookie["name"] != "onhand"]
    plain = open_screen("/sign-in", signed_in=False, java_script_enabled=False)
    plain.context.add_cookies(cookies)  # type: ignore[arg-type]
    plain.goto("/sign-in")
    expect(plain.get_by_role("button")).to_have_count(1)
    plain.get_by_role("radio", name="Bela").check()
    plain.get_by_label("PIN").fill("9999")
    plain.get_by_role("button", name="Sign in").click()
    expect(plain.get_by_text("This is not the PIN.")).to_be_visible()
    expect(plain.get_by_role("radio", name="Bela")).to_be_checked()
    plain.get_by_label("PIN").fill(PIN)
    plain.get_by_role("button", name="Sign in").click()
    expect(plain.get_by_role("link", name="Bela")).to_be_visible()
