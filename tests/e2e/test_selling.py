"""A clerk sells with the keyboard, while others sell too."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opens, Shop, orders_of
from tests.e2e.network import Held, Late, Lost


def scan(page: Page, typed: str) -> None:
    page.get_by_label("Scan or search").fill(typed)
    page.keyboard.press("Enter")


def line(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def hits(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Products found").get_by_role("option")


def finish(page: Page) -> None:
    page.get_by_role("button", name="Complete sale", exact=True).click()


def test_a_sale_from_first_scan_to_finish_by_keyboard_only(shop: Shop, open_screen: Opens):
    mug = shop.product("Keyboard mug", on_hand=20, price_cents=350)
    page = open_screen()

    page.keyboard.type(f"{mug}\n")
    expect(line(page, "Keyboard mug")).to_contain_text("£3.50")
    page.keyboard.type(f"5*{mug}\n")
    expect(page.get_by_label("Quantity of Keyboard mug")).to_have_value("6")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Nothing in this order yet")).to_be_visible()
    expect(page.get_by_text("1 line, 6 units, £21.00")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("complete, £21.00.")
    expect(page.get_by_label("Scan or search")).to_be_focused()
    assert shop.available(mug) == 14


def test_a_scanner_is_never_too_fast(shop: Shop, open_screen: Opens):
    skus = [shop.product(f"Fast thing {n}", on_hand=9) for n in range(5)]
    page = open_screen()
    held = Held(page, "**/counter/lines")

    page.keyboard.type("".join(f"{sku}\n" for sku in [*skus, skus[0]]), delay=5)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Scan or search")).to_have_value("")
    held.request().continue_()

    expect(page.get_by_text("5 lines, 6 units, £21.00")).to_be_visible()
    assert [shop.available(sku) for sku in skus] == [7, 8, 8, 8, 8]


def test_words_are_searched_while_they_are_typed_and_a_slip_is_forgiven(
    shop: Shop, open_screen: Opens
):
    shop.product("Quilted elephant large", on_hand=4)
    shop.product("Quilted elephant small", on_hand=0)
    page = open_screen()

    page.keyboard.type("quilted elehpant")
    expect(page.get_by_text("Nothing is spelled “quilted elehpant”")).to_be_visible()
    found = hits(page)
    expect(found).to_have_count(2)
    expect(found.first).to_contain_text("Quilted elephant large")
    expect(found.nth(1)).to_contain_text("0 out")
    page.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(line(page, "Quilted elephant large")).to_be_visible()
    expect(hits(page)).to_have_count(0)
    expect(page.get_by_label("Scan or search")).to_have_value("")


def test_an_unknown_code_comes_back_into_the_box(open_screen: Opens):
    page = open_screen()

    scan(page, "4006381333931")

    expect(page.get_by_text("No product matches “4006381333931”")).to_be_visible()
    expect(page.get_by_label("Scan or search")).to_have_value("4006381333931")


def test_a_colleague_takes_what_is_in_my_cart(shop: Shop, open_screen: Opens):
    cake = shop.product("Cakestand of two", on_hand=3)
    mine, theirs = open_screen(), open_screen()
    scan(mine, f"3*{cake}")
    expect(line(mine, "Cakestand of two")).to_contain_text("3 available leaves 0")

    scan(theirs, f"2*{cake}")
    finish(theirs)

    expect(mine.locator(f'[data-stock="{cake}"]').first).to_have_attribute("data-available", "1")
    expect(line(mine, "Cakestand of two")).to_contain_text("Only 1 left now. The order asks for 3.")
    expect(mine.get_by_role("status")).to_contain_text("Cakestand of two: Only 1 left now.")
    finish(mine)
    expect(mine.get_by_text("Refused: asked 3, 1 free.")).to_be_visible()
    expect(mine.get_by_text("Nothing sold yet: settle 1 line.")).to_be_visible()
    assert shop.available(cake) == 1
    mine.get_by_role("button", name="Take 1").click()
    expect(mine.get_by_label("Quantity of Cakestand of two")).to_have_value("1")
    finish(mine)
    expect(mine.get_by_text("Nothing in this order yet")).to_be_visible()
    assert shop.available(cake) == 0


def test_what_was_warned_of_is_well_again_when_stock_comes(shop: Shop, open_screen: Opens):
    bag = shop.product("Jumbo bag", on_hand=1)
    mine, stock = open_screen(), open_screen(f"/stock/{bag}/receipts/new")
    scan(mine, f"4*{bag}")
    expect(line(mine, "Jumbo bag")).to_contain_text("Only 1 left now.")

    stock.get_by_label("Quantity").fill("10")
    stock.get_by_role("button", name="Save").click()

    expect(line(mine, "Jumbo bag")).to_contain_text("11 available leaves 7")
    expect(mine.get_by_text("Only 1 left now.")).to_be_hidden()


def test_a_substitute_is_chosen_by_keyboard_or_scanned(shop: Shop, open_screen: Opens):
    gone = shop.product("Green teapot", on_hand=0)
    other = shop.product("Amber teapot", on_hand=5)
    page = open_screen()
    scan(page, gone)

    page.get_by_role("link", name="Substitute").click()
    expect(page.get_by_label("Scan or search")).to_be_focused()
    expect(hits(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(line(page, "Amber teapot")).to_be_visible()
    page.get_by_role("link", name="Substitute").click()
    expect(hits(page)).to_have_count(1)
    expect(page.get_by_label("Scan or search")).to_be_focused()
    page.keyboard.type(f"{other}\n")

    expect(page.get_by_label("Quantity of Amber teapot")).to_have_value("2")


def test_a_double_click_and_a_held_enter_sell_once(shop: Shop, open_screen: Opens):
    tin = shop.product("Cake tin", on_hand=9)
    page = open_screen()
    scan(page, tin)
    expect(line(page, "Cake tin")).to_be_visible()

    page.get_by_role("button", name="Complete sale", exact=True).dblclick()
    expect(page.get_by_text("Nothing in this order yet")).to_be_visible()
    scan(page, tin)
    expect(line(page, "Cake tin")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing in this order yet")).to_be_visible()

    expect(page.get_by_role("status")).not_to_contain_text("already")
    assert orders_of(shop, tin) == 2
    assert shop.available(tin) == 7


def test_steps_count_every_click_and_the_number_typed_replaces(shop: Shop, open_screen: Opens):
    cup = shop.product("Step cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    quantity = page.get_by_label("Quantity of Step cup")

    for _ in range(4):
        page.get_by_role("button", name="One more of Step cup").click()
    expect(page.get_by_text("1 line, 5 units")).to_be_visible()
    quantity.fill("22")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 line, 22 units")).to_be_visible()
    quantity.fill("7")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("1 line, 7 units")).to_be_visible()
    expect(page.get_by_text("Nothing in this order yet")).to_be_visible()
    assert shop.available(cup) == 43


def test_a_sale_waits_for_the_steps_of_every_line(shop: Shop, open_screen: Opens):
    cup = shop.product("Resting cup", on_hand=50)
    mug = shop.product("Resting mug", on_hand=50)
    page = open_screen()
    scan(page, cup)
    scan(page, mug)
    expect(page.get_by_text("2 lines, 2 units")).to_be_visible()

    page.get_by_role("button", name="One more of Resting cup").click()
    page.get_by_role("button", name="One more of Resting mug").click()
    page.get_by_role("button", name="One more of Resting mug").click()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("2 lines, 5 units, £17.50")).to_be_visible()
    assert (shop.available(cup), shop.available(mug)) == (48, 47)


def test_a_number_that_is_being_typed_survives_the_answer_to_a_scan(shop: Shop, open_screen: Opens):
    cup = shop.product("Survivor cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    expect(line(page, "Survivor cup")).to_be_visible()
    held = Held(page, "**/counter/lines")
    scan(page, cup)
    page.get_by_label("Quantity of Survivor cup").fill("12")
    with page.expect_response("**/counter/lines"):
        held.request().continue_()
    expect(page.get_by_text("1 line, 2 units")).to_be_visible()
    expect(page.get_by_label("Quantity of Survivor cup")).to_have_value("12")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("1 line, 12 units, £42.00")).to_be_visible()


def test_a_sale_that_waits_for_a_scan_does_not_go_ahead_without_it(shop: Shop, open_screen: Opens):
    cup = shop.product("Lonely cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    expect(line(page, "Lonely cup")).to_be_visible()
    held = Held(page, "**/counter/lines", most=2)
    scan(page, "UNKNOWN-999")
    page.keyboard.press("Control+Enter")
    held.request().continue_()

    expect(page.get_by_label("Scan or search")).to_have_value("UNKNOWN-999")
    expect(page.get_by_role("status")).to_contain_text("Nothing sold")
    page.get_by_label("Scan or search").fill(cup)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    held.request(2).abort("connectionfailed")

    expect(page.get_by_label("Scan or search")).to_have_value(cup)
    expect(page.get_by_text("1 line, 1 unit")).to_be_visible()
    assert shop.available(cup) == 50


def test_a_quantity_that_is_none_is_said_and_kept(shop: Shop, open_screen: Opens):
    cup = shop.product("Typed cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    page.get_by_label("Quantity of Typed cup").fill("abc")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The quantity has to be a whole number.")).to_be_visible()
    expect(page.get_by_label("Quantity of Typed cup")).to_have_value("abc")


def test_a_sale_is_not_completed_over_a_quantity_that_is_none(shop: Shop, open_screen: Opens):
    cup = shop.product("Half cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    page.get_by_label("Quantity of Half cup").fill("2.5")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("The quantity has to be a whole number.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Quantity of Half cup")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("Nothing sold: a quantity has to be")
    assert shop.available(cup) == 50


def test_a_sale_is_not_completed_over_what_is_typed_and_not_added(shop: Shop, open_screen: Opens):
    cup = shop.product("Certain cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    expect(line(page, "Certain cup")).to_be_visible()

    page.get_by_label("Scan or search").press_sequentially("certain")
    expect(hits(page)).to_have_count(1)
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status")).to_contain_text(
        "Nothing sold: “certain” is not in the order."
    )
    expect(page.get_by_label("Quantity of Certain cup")).to_have_value("1")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 line, 1 unit, £3.50")).to_be_visible()


def test_a_code_that_was_not_understood_is_seen_also_behind_the_next_scan(
    shop: Shop, open_screen: Opens
):
    cup = shop.product("Understood cup", on_hand=50)
    page = open_screen()
    scan(page, "99999999")
    expect(page.get_by_text("No product matches “99999999”")).to_be_visible()
    page.keyboard.type(f"{cup}\n")

    expect(line(page, "Understood cup")).to_be_visible()
    expect(page.get_by_role("list", name="Not added")).to_contain_text("Not added: 99999999")
    page.get_by_role("button", name="I have seen that 99999999 was not added").click()
    expect(page.get_by_text("Not added")).to_have_count(0)


def test_a_scanner_that_ends_with_tab_is_understood(shop: Shop, open_screen: Opens):
    cups = [shop.product(f"Tabbed cup {n}", on_hand=50) for n in range(2)]
    page = open_screen()

    for sku in cups:  # at once, as no test's keyboard can under load
        page.evaluate(
            """sku => {
                const box = document.querySelector("#scan");
                for (const sign of sku) {
                    box.value += sign;
                    box.dispatchEvent(new Event("input", {bubbles: true}));
                }
                const tab = {key: "Tab", bubbles: true, cancelable: true};
                box.dispatchEvent(new KeyboardEvent("keydown", tab));
            }""",
            f"1*{sku}",
        )

    for n in range(2):
        expect(page.get_by_label(f"Quantity of Tabbed cup {n}")).to_have_value("1")
    expect(page.get_by_label("Scan or search")).to_be_focused()


def test_ones_own_sale_is_no_alarm(shop: Shop, open_screen: Opens):
    fan = shop.product("Own fan", on_hand=14)
    page = open_screen()
    scan(page, f"9*{fan}")
    expect(line(page, "Own fan")).to_be_visible()
    late = Late(page, "**/counter/sale")
    finish(page)
    late.is_made()
    expect(page.locator(f'[data-stock="{fan}"]').first).to_have_attribute("data-available", "5")
    late.arrives()

    expect(page.get_by_role("status")).to_contain_text("complete")
    expect(page.get_by_role("status")).not_to_contain_text("Only 5 left now")


def test_a_sale_that_is_not_answered_is_tried_again_and_sold_once(shop: Shop, open_screen: Opens):
    cup = shop.product("Unanswered cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    expect(line(page, "Unanswered cup")).to_be_visible()
    Lost(page, "**/counter/sale", answered=True)
    finish(page)
    expect(page.get_by_role("status")).to_contain_text("No answer from the shop.")
    finish(page)

    expect(page.get_by_text("1 line, 1 unit, £3.50")).to_be_visible()
    assert shop.available(cup) == 49


def test_a_quantity_that_was_not_answered_is_sent_again_before_the_sale(
    shop: Shop, open_screen: Opens
):
    cup = shop.product("Resent cup", on_hand=50)
    page = open_screen()
    scan(page, cup)
    expect(line(page, "Resent cup")).to_be_visible()

    Lost(page, "**/counter/lines/*")
    page.get_by_label("Quantity of Resent cup").fill("7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("No answer from the shop.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("1 line, 7 units, £24.50")).to_be_visible()


def test_a_line_that_is_gone_keeps_no_sale_waiting(shop: Shop, open_screen: Opens):
    cup, mug = shop.product("Gone cup", on_hand=50), shop.product("Later mug", on_hand=50)
    page = open_screen()
    scan(page, mug)
    scan(page, cup)
    expect(page.get_by_text("2 lines, 2 units")).to_be_visible()

    page.get_by_role("button", name="One more of Gone cup").click()
    page.keyboard.press("Control+Backspace")
    expect(page.get_by_text("1 line, 1 unit")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("1 line, 1 unit, £3.50")).to_be_visible()


def test_what_is_scanned_behind_a_waiting_sale_is_not_sold_with_it(shop: Shop, open_screen: Opens):
    cup, mug = shop.product("First cup", on_hand=50), shop.product("Next mug", on_hand=50)
    page = open_screen()
    held = Held(page, "**/counter/lines")
    scan(page, cup)
    page.keyboard.press("Control+Enter")
    scan(page, mug)
    held.request().continue_()

    expect(page.get_by_text("2 lines, 2 units")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Nothing sold: another scan came")
    assert (shop.available(cup), shop.available(mug)) == (50, 50)


def test_a_scan_that_was_not_answered_is_seen_behind_the_next(shop: Shop, open_screen: Opens):
    cups = [shop.product(f"Unheard cup {n}", on_hand=50) for n in range(2)]
    page = open_screen()

    Lost(page, "**/counter/lines")
    scan(page, cups[0])
    expect(page.get_by_role("status")).to_contain_text("No answer from the shop.")
    scan(page, cups[1])

    expect(line(page, "Unheard cup 1")).to_be_visible()
    expect(page.get_by_role("list", name="Not added")).to_contain_text(cups[0])


def test_a_reload_and_another_screen_lose_nothing(shop: Shop, open_screen: Opens):
    lamp = shop.product("Table lamp", on_hand=9)
    session = shop.sessions.pop()
    page = open_screen(session=session)
    scan(page, f"3*{lamp}")
    expect(line(page, "Table lamp")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Quantity of Table lamp")).to_have_value("3")
    other = open_screen(session=session)
    expect(other.get_by_label("Quantity of Table lamp")).to_have_value("3")
    scan(other, lamp)
    expect(other.get_by_label("Quantity of Table lamp")).to_have_value("4")
    finish(page)

    expect(page.get_by_text("The order was changed on another screen.")).to_be_visible()
    expect(page.get_by_label("Quantity of Table lamp")).to_have_value("4")
    assert shop.available(lamp) == 9
