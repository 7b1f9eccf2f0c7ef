"""Counts used without scripts: begin, scan, type, look at what differs, apply."""

from app.counts.tables import Choice
from app.stock import actions as stock
from app.stock import queries
from app.stock.tables import StockEvent
from tests import make, screen
from tests.counts import shelf
from tests.screen import Page, Screen


async def begin(robin: Screen, **typed: str) -> Page:
    form = await robin.get("/counts/new")
    return await robin.press(form, "Begin", {"name": "Shelf 3", "choice": "free", **typed})


async def test_a_shelf_is_counted_and_the_books_follow():
    mug = await make.product("MUG", name="Blue mug", on_hand=5, price_cents=350)
    await make.product("BOWL", name="Blue bowl", on_hand=2)

    async with screen.clerk("Robin") as robin:
        page = await begin(robin, choice="search", search="blue")
        scanned = await robin.enter_scan(page, "MUG")
        again = await robin.enter_scan(scanned, "3*mug")
        listed = await robin.get(f"{again.url}/variances")
        applied = await robin.press(listed, "Apply 1 count")
        product = await robin.get("/stock/MUG")

    assert "Search “blue”, begun by Robin at" in page.words
    assert "Not counted yet 2" in page.words
    assert "1 of 2 products, 4 units Robin" in again.words
    assert "Your last scan: Blue mug +3" in again.words
    assert "Blue mug MUG 5" in listed.words
    assert "−1 −£3.50" in listed.words
    assert "Not counted 1, they stay as they are" in listed.words
    assert "Applied 1" in applied.words
    assert "Counted 4, expected 5, Shelf 3, counted by Robin −1 5 → 4 Robin" in product.words
    assert (await queries.level(mug)).on_hand == 4


async def test_those_who_count_blind_are_not_told_what_is_expected():
    await make.product("MUG", name="Blue mug", on_hand=543)

    async with screen.clerk() as robin:
        page = await begin(robin, choice="search", search="blue", is_blind="yes")
        scanned = await robin.enter_scan(page, "MUG")
        hits = await robin.get(f"{page.url}/hits?search=blue")
        listed = await robin.get(f"{page.url}/variances")

    assert "nobody is told what is expected" in page.words
    for shown in (page, scanned, hits):
        assert "Blue mug" in shown.words
        assert "543" not in shown.words
    assert "543" in listed.words


async def test_those_who_count_with_open_eyes_are_told():
    await make.product("MUG", name="Blue mug", on_hand=543)

    async with screen.clerk() as robin:
        page = await begin(robin, choice="search", search="blue")

    assert "Blue mug MUG expected 543" in page.words


async def test_a_code_of_nothing_is_told_with_what_was_typed():
    async with screen.clerk() as robin:
        page = await begin(robin)
        unknown = await robin.enter_scan(page, "4006381333931")
        nonsense = await robin.enter_scan(page, "0*MUG")
        hold = await robin.enter_scan(page, "#4820")

    assert unknown.status == 404
    assert "No product matches “4006381333931”." in unknown.words
    assert unknown.typed(f"{page.url}/lines", "search") == "4006381333931"
    assert nonsense.status == 422
    assert "The quantity has to be 1 or more." in nonsense.words
    assert hold.status == 422
    assert "This is a hold. Scan a product." in hold.words


async def test_what_is_searched_is_chosen_among_what_is_found():
    await make.product("MUG", name="Blue mug", on_hand=5)
    await make.product("BOWL", name="Blue bowl", on_hand=5)

    async with screen.clerk() as robin:
        page = await begin(robin)
        found = await robin.enter_scan(page, "blue")
        counted = await robin.press(found, "Blue mug MUG")

    assert "Blue bowl BOWL" in found.words
    assert "Your last scan: Blue mug +1" in counted.words


async def test_a_number_is_typed_for_a_line_or_for_the_last_one():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        page = await robin.enter_scan(await begin(robin), "MUG")
        line = f"{page.url}/lines/{mug}"
        typed = await robin.enter(page, line, {"counted": "12"})
        wrong = await robin.enter(typed, line, {"counted": "a dozen"})
        last = await robin.enter_scan(typed, "*7")
        cleared = await robin.enter(last, line, {"counted": ""})
        nothing = await robin.enter_scan(cleared, "*7")

    assert typed.typed(line, "counted") == "12"
    assert wrong.status == 422
    assert "What was counted has to be a whole number." in wrong.words
    assert wrong.typed(line, "counted") == "a dozen"
    assert last.typed(line, "counted") == "7"
    assert "Nothing counted yet" in cleared.words
    assert nothing.status == 404
    assert "You have counted nothing here yet." in nothing.words


async def test_a_number_that_was_changed_meanwhile_is_told_beside_what_was_typed():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk("Robin") as robin, screen.clerk("Tom") as tom:
        page = await robin.enter_scan(await begin(robin), "MUG")
        line = f"{page.url}/lines/{mug}"
        await tom.enter_scan(await tom.get(page.url), "MUG")
        told = await robin.enter(page, line, {"counted": "12"})
        saved = await robin.enter(told, line, {})

    assert told.status == 409
    assert "Blue mug stands at 2 now, by Tom." in told.words
    assert told.typed(line, "counted") == "12"
    assert saved.typed(line, "seen") == "12"


async def test_the_same_scan_sent_twice_counts_once_and_a_new_one_counts_again():
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        page = await begin(robin)
        await robin.enter_scan(page, "MUG")
        twice = await robin.enter_scan(page, "MUG")
        more = await robin.press(twice, "One more of Blue mug")

    assert "1 product, 1 unit" in twice.words
    assert "1 product, 2 units" in more.words


async def test_the_last_scan_is_taken_back():
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        page = await robin.enter_scan(await begin(robin), "MUG")
        back = await robin.press(page, "Take back")
        again = await robin.press(page, "Take back")
        entries = await robin.get(f"{page.url}/entries")

    assert "Nothing counted yet" in back.words
    assert "Nothing counted yet" in again.words  # the same form: the same answer
    assert "Blue mug MUG no longer counts +1" in entries.words


async def test_a_screen_that_has_the_list_is_told_nothing_and_one_that_has_not_gets_it():
    await make.product("MUG", name="Blue mug", on_hand=5)
    partial = {"HX-Request-Type": "partial"}

    async with screen.clerk("Robin") as robin, screen.clerk("Tom") as tom:
        page = await begin(robin)
        shown = page.html.split("/lines?shown=")[1].split('"')[0]
        address = f"{page.url}/lines?shown={shown}"
        same = await robin.client.get(address, headers=partial)
        await tom.enter_scan(await tom.get(page.url), "MUG")
        news = await robin.client.get(address, headers=partial)

    assert (same.status_code, same.content) == (204, b"")
    assert news.status_code == 200
    assert "Blue mug" in news.text


async def test_the_variance_list_corrects_and_says_why():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    cup = await make.product("CUP", name="Blue cup", on_hand=5)

    async with screen.clerk() as robin:
        page = await robin.enter_scan(await begin(robin, choice="search", search="blue"), "MUG")
        listed = await robin.get(f"{page.url}/variances")
        address = f"{page.url}/variances"
        typed = await robin.enter(listed, f"{address}/{mug}", {"counted": "4"})
        noted = await robin.enter(typed, f"{address}/{mug}/note", {"note": "one broke"})
        wrong = await robin.enter(noted, f"{address}/{mug}", {"counted": "four"})
        none = await robin.press(noted, "None of Blue cup is there")
        applied = await robin.press(none, "Apply 2 counts")
        closed = await robin.press(applied, "Close")

    assert noted.typed(f"{address}/{mug}/note", "note") == "one broke"
    assert wrong.status == 422
    assert wrong.typed(f"{address}/{mug}", "counted") == "four"
    assert "None there" not in none.words
    assert "Closed by Robin at" in closed.words
    assert "2 of 2 counts applied." in closed.words
    assert [(await queries.level(one)).on_hand for one in (mug, cup)] == [4, 0]


async def test_what_cannot_be_applied_says_why_in_its_line():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    await make.product("BOWL", name="Blue bowl", on_hand=5)
    await make.reserved(mug, 2, customer="Mrs Okafor")

    async with screen.clerk() as robin:
        page = await robin.enter_scan(await begin(robin), "MUG")
        await robin.enter_scan(page, "4*BOWL")
        listed = await robin.get(f"{page.url}/variances")
        applied = await robin.press(listed, "Apply 1 count, 1 stays open")

    said = "1 would be on hand, and 2 are reserved: 2 for Mrs Okafor until"
    assert said in listed.words
    assert "Look again 1, not applied as they are" in applied.words
    assert said in applied.words
    assert "Applied 1" in applied.words
    assert (await queries.level(mug)).on_hand == 5


async def test_a_list_that_has_changed_is_shown_again_before_it_is_applied():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk("Robin") as robin, screen.clerk("Tom") as tom:
        page = await robin.enter_scan(await begin(robin), "MUG")
        listed = await robin.get(f"{page.url}/variances")
        await tom.enter_scan(await tom.get(page.url), "MUG")
        refused = await robin.press(listed, "Apply 1 count")
        events = await StockEvent.count()
        await robin.press(refused, "Apply 1 count")

    assert refused.status == 409
    assert "Something was changed since this list was shown." in refused.words
    assert events == 1
    assert (await queries.level(mug)).on_hand == 2


async def test_the_answer_to_apply_carries_the_way_back():
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        page = await robin.enter_scan(await begin(robin), "MUG")
        listed = await robin.get(f"{page.url}/variances")
        answer = await robin.fragment(listed, f"{page.url}/variances", {})

    assert "1 count applied." in answer.text
    assert "/undo/" in answer.text


async def test_a_count_is_abandoned_and_opened_again():
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        page = await robin.enter_scan(await begin(robin), "MUG")
        abandoned = await robin.press(page, "Abandon")
        late = await robin.enter_scan(page, "MUG")
        opened = await robin.press(abandoned, "Open again")

    assert "Abandoned by Robin at" in abandoned.words
    assert late.status == 409
    assert "Shelf 3 was abandoned by Robin at" in late.words
    assert "1 product, 1 unit" in opened.words


async def test_a_count_that_is_not_applied_is_not_closed():
    session = await shelf.begin()
    await make.product("MUG", name="Blue mug", on_hand=5)

    async with screen.clerk() as robin:
        listed = await robin.get(f"/counts/{session}/variances")
        await robin.enter_scan(await robin.get(f"/counts/{session}"), "MUG")
        refused = await robin.press(listed, "Close")

    assert refused.status == 409
    assert "1 count is not applied yet. Apply them, or abandon it." in refused.words


async def test_every_mistake_in_a_new_count_is_said_and_nothing_is_lost():
    async with screen.clerk() as robin:
        form = await robin.get("/counts/new")
        empty = await robin.press(form, "Begin", {"name": "", "choice": "category"})
        unknown = await robin.press(form, "Begin", {"name": "Shelf 3", "choice": "shelf"})
        nothing = await begin(robin, choice="search", search="teapot")

    assert empty.status == 422
    assert "The name is missing." in empty.words
    assert "The choice is missing." in empty.words
    assert unknown.status == 422
    assert "Choose what is counted." in unknown.words
    assert nothing.status == 409
    assert "No product is chosen by this." in nothing.words
    assert nothing.typed("/counts", "name") == "Shelf 3"
    assert nothing.typed("/counts", "search") == "teapot"


async def test_what_is_counted_and_what_shall_be_stands_on_one_page():
    mug = await make.product("MUG", name="Blue mug", on_hand=5)
    await stock.ask_for_count(mug, actor="Tom", note="found two on the shelf")
    await shelf.begin(choice=Choice.ASKED)

    async with screen.clerk() as robin:
        nothing = await robin.get("/counts")
        form = await robin.get("/stock/MUG/counts/new")
        await robin.press(form, "Save", {"counted": "7"})
        done = await robin.get("/counts")

    assert "Blue mug MUG 5 available found two on the shelf, Tom at" in nothing.words
    assert "Shelf 3 0 of 1 product, 0 units Asked to be counted; Anna, begun at" in nothing.words
    assert "To be counted" not in done.words


async def test_whoever_comes_back_by_address_finds_the_count():
    session = await shelf.begin()

    async with screen.clerk() as robin:
        for way in ("lines/1", "retraction", "closure", "abandonment", "reopening"):
            assert (await robin.get(f"/counts/{session}/{way}")).url == f"/counts/{session}"
        for way in ("variances/1", "variances/1/note", "variances/rows"):
            page = await robin.get(f"/counts/{session}/{way}")
            assert "Variance list." in page.words


async def test_a_count_that_is_not_there_is_one_sentence():
    session = await shelf.begin()

    async with screen.clerk() as robin:
        nowhere = await robin.get("/counts/99")
        nonsense = await robin.get("/counts/nix")
        other = await robin.get(f"/receipts/{session}")

    assert (nowhere.status, nonsense.status, other.status) == (404, 404, 404)
    assert "There is no count session 99." in nowhere.words
    assert f"There is no delivery {session}." in other.words
