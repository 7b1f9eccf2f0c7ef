"""Orders are put aside and come back, and what was done is undone, by the keyboard."""

from playwright.sync_api import expect

from tests.e2e.conftest import Opens, Shop
from tests.e2e.test_selling import line, scan


def test_an_order_parked_by_one_clerk_is_recalled_by_another(shop: Shop, open_screen: Opens):
    mug = shop.product("Parked mug", on_hand=20)
    page, colleague = open_screen(), open_screen()

    scan(page, f"3*{mug}")
    expect(line(page, "Parked mug")).to_be_visible()
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("Nothing in this order yet")).to_be_visible()
    said = page.get_by_role("status").get_by_text("put aside until").inner_text()
    assert shop.available(mug) == 17
    scan(colleague, "#" + said.split()[1])
    expect(colleague.get_by_text("its stock is reserved")).to_be_visible()
    colleague.keyboard.press("Control+Enter")

    expect(colleague.get_by_role("status")).to_contain_text("complete")
    assert shop.available(mug) == 17


def test_a_sale_is_undone_by_a_key_and_lies_on_the_counter_again(shop: Shop, open_screen: Opens):
    mug = shop.product("Hasty mug", on_hand=20)
    page = open_screen()
    scan(page, f"2*{mug}")
    expect(line(page, "Hasty mug")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("complete")
    assert shop.available(mug) == 18

    page.keyboard.press("Control+z")

    expect(page.get_by_role("status")).to_contain_text("its lines are on the counter again")
    expect(page.get_by_label("Quantity of Hasty mug")).to_have_value("2")
    assert shop.available(mug) == 20


def test_the_undo_key_belongs_to_the_text_while_there_is_some(shop: Shop, open_screen: Opens):
    mug = shop.product("Kept mug", on_hand=20)
    page = open_screen()
    scan(page, f"2*{mug}")
    expect(line(page, "Kept mug")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("complete")

    page.get_by_label("Scan or search").press_sequentially("kept")
    page.keyboard.press("Control+z")

    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()
    assert shop.available(mug) == 18


def test_found_goods_are_sold_although_the_books_have_too_few(shop: Shop, open_screen: Opens):
    mug = shop.product("Mislaid mug", on_hand=2)
    page = open_screen()
    scan(page, f"5*{mug}")
    expect(line(page, "Mislaid mug")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(line(page, "Mislaid mug")).to_contain_text("Refused: asked 5, 2 free.")

    page.get_by_role("button", name="Found on shelf").click()
    expect(line(page, "Mislaid mug")).to_contain_text("3 found on the shelf")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status")).to_contain_text("complete")
    assert shop.available(mug) == 0
