"""Webhooks set up by a manager, without scripts."""

import re
from collections.abc import AsyncIterator

import pytest

from app.accounts.tables import Role
from app.database import DB
from app.stock import actions as stock
from app.webhooks import actions, queries
from tests import asgi, make, screen
from tests.screen import Page, Screen
from tests.webhooks import log
from tests.webhooks.receiver import BROKEN, Receiver

PLACE = "/settings/webhooks"
FORBIDDEN = "Only a manager can see and change the settings."


@pytest.fixture
async def priya() -> AsyncIterator[Screen]:
    async with screen.clerk("Priya", Role.MANAGER) as priya:
        yield priya


async def add(priya: Screen, address: str, **typed: str) -> Page:
    return await priya.enter(await priya.get(PLACE), PLACE, {"address": address, **typed})


async def secrets() -> list[str]:
    return [secret for (secret,) in await DB.fetch("SELECT secret FROM hook ORDER BY id")]


async def types() -> list[str]:
    return [words for (words,) in await DB.fetch("SELECT types FROM hook ORDER BY id")]


async def test_a_manager_finds_the_way_to_them_and_a_clerk_does_not(priya: Screen):
    account = await priya.get("/account")
    settings = await priya.get("/settings")
    page = await priya.get(PLACE)
    async with screen.clerk("Robin") as robin:
        other = await robin.get("/account")

    assert 'href="/settings"' in account.html
    assert f'href="{PLACE}"' in settings.html
    assert "Nobody is told yet" in page.words
    assert "Settings" not in other.words


def settings_routes() -> list[tuple[str, str]]:
    app = asgi.APP.app  # type: ignore[attr-defined]
    return [
        (method, re.sub(r"\{\w+:\w+\}", "1", route.path))
        for route in app.routes
        if route.path.startswith("/settings")
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    ]


async def test_a_clerk_is_told_that_only_a_manager_may_and_nothing_is_changed(priya: Screen):
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    before = (await queries.hook(hook), await secrets())

    async with screen.clerk("Robin") as robin:
        token = (await robin.get("/sign-out")).typed("/sign-out", "csrf_token")
        answers = [
            await robin.client.request(method, path, data={"csrf_token": token})
            for method, path in settings_routes()
        ]

    assert len(answers) > 9
    assert {answer.status_code for answer in answers} == {403}
    assert all(FORBIDDEN in answer.text for answer in answers)
    assert (await queries.hook(hook), await secrets()) == before


async def test_a_hook_is_added_and_its_secret_is_shown_once(priya: Screen):
    page = await add(priya, "https://example.org/told")
    (secret,) = await secrets()
    listed = await priya.get(PLACE)
    shown = await priya.get(f"{PLACE}/1")

    assert page.status == 200
    assert f'value="{secret}"' in page.html
    assert "It is shown this once" in page.words
    assert secret not in listed.html + shown.html
    assert "https://example.org/told Active All events" in listed.words
    assert "All events, added by Priya at" in shown.words


async def test_the_same_form_sent_twice_adds_one_hook(priya: Screen):
    page = await priya.get(PLACE)

    first = await priya.enter(page, PLACE, {"address": "https://example.org/"})
    second = await priya.enter(page, PLACE, {"address": "https://example.org/"})

    (secret,) = await secrets()
    assert secret in first.html
    assert secret in second.html


async def test_what_it_is_told_of_is_chosen(priya: Screen):
    await add(priya, "https://a.example/", what="low")
    await add(priya, "https://b.example/", what="chosen", InventorySold="on", InventoryCounted="on")
    await add(priya, "https://c.example/", what="all", InventorySold="on")
    page = await priya.get(PLACE)

    assert await types() == [
        "LowStockDetected LowStockCleared",
        "InventorySold InventoryCounted",
        "",
    ]
    assert "https://a.example/ Active Low stock only" in page.words
    assert "https://b.example/ Active InventorySold, InventoryCounted" in page.words


async def test_what_cannot_be_told_is_said_and_the_form_stays_as_it_was_typed(priya: Screen):
    page = await add(priya, "ftp://example.org/", what="chosen")
    odd = await add(priya, "mailto:someone@example.org", what="everything")

    assert page.status == odd.status == 422
    assert "Write an address that begins with https://, http:// or mailto:" in page.words
    assert "Choose one of them at least." in page.words
    assert page.typed(PLACE, "address") == "ftp://example.org/"
    assert page.typed(PLACE, "what") == "chosen"
    assert "Mail is not set up here." in odd.words
    assert "Choose which events." in odd.words
    assert await secrets() == []


async def test_one_too_many_is_refused(priya: Screen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions.hooks, "MOST_HOOKS", 1)
    await add(priya, "https://a.example/")

    page = await add(priya, "https://b.example/")

    assert page.status == 409
    assert "There can be 1 webhook at most; remove one first." in page.words
    assert page.typed(PLACE, "address") == "https://b.example/"
    assert len(await secrets()) == 1


async def test_the_log_says_what_was_sent_and_how_it_went(priya: Screen, receiver: Receiver):
    mug = await make.product("MUG", on_hand=1)
    await actions.add(receiver.address, actor="Priya")
    receiver.answers = [BROKEN]
    await stock.receive(mug, 1, actor="Robin")
    await stock.receive(mug, 2, actor="Robin")

    await log.work()
    page = await priya.get(f"{PLACE}/1")

    assert "1 did not arrive" in page.words
    assert "Waiting to be sent 1" in page.words
    rows = re.findall(r"MUG InventoryReceived.*?Send again", page.words)
    assert re.fullmatch(r"MUG InventoryReceived 3 Delivered 1 200 \d+ ms Send again", rows[0])
    assert re.fullmatch(
        r"MUG InventoryReceived 2 Again at \d\d:\d\d Answered 500 1 500 \d+ ms Send again", rows[1]
    )


async def test_one_delivery_or_all_that_failed_are_sent_again(priya: Screen, receiver: Receiver):
    mug = await make.product("MUG", on_hand=1)
    await actions.add(receiver.address, actor="Priya")
    receiver.answers = [BROKEN, BROKEN]
    for n in (1, 2, 3):
        await stock.receive(mug, n, actor="Robin")
    await log.work()
    page = await priya.get(f"{PLACE}/1")

    waiting = await priya.press(page, "Send again", within=f"{PLACE}/1/deliveries/3/")
    await log.work()
    one = [got.event["on_hand_change"] for got in receiver.got[3:]]
    page = await priya.press(await priya.get(f"{PLACE}/1"), "Send all that failed again")
    await log.work()

    assert "MUG InventoryReceived 4 Waiting – 200 " in waiting.words
    assert one == [3]
    assert [got.event["on_hand_change"] for got in receiver.got[4:]] == [1, 2]
    assert "did not arrive" not in page.words


async def test_the_pages_of_the_log_lead_to_each_other(
    priya: Screen, monkeypatch: pytest.MonkeyPatch
):
    hook = await actions.add("http://127.0.0.1/", actor="Priya")
    for _ in range(queries.PAGE + 10):
        await actions.send_test(hook, actor="Priya")

    first = await priya.get(f"{PLACE}/1")
    (older,) = re.findall(r'href="(/settings/webhooks/1\?before=\d+)">Older', first.html)
    second = await priya.get(older)

    assert first.words.count("Test Waiting") == 50
    assert second.words.count("Test Waiting") == 10
    assert "← Newest" in second.words
    assert "Older" not in second.words


async def test_a_test_is_sent(priya: Screen, receiver: Receiver):
    page = await add(priya, receiver.address)
    page = await priya.get(f"{PLACE}/1")
    assert "Nothing sent yet" in page.words

    page = await priya.press(page, "Send a test")
    await log.work()

    assert "Test Waiting" in page.words
    assert [got.event["type"] for got in receiver.got] == ["Test"]


async def test_it_is_paused_then_resumed_or_removed(priya: Screen):
    await add(priya, "https://example.org/")
    page = await priya.get(f"{PLACE}/1")
    assert "Remove" not in page.words

    paused = await priya.press(page, "Pause")
    resumed = await priya.press(paused, "Resume")
    refused = await priya.press(paused, "Remove")
    await priya.press(resumed, "Pause")
    listed = await priya.press(await priya.get(f"{PLACE}/1"), "Remove")

    assert "Paused Nothing is sent." in paused.words
    assert "Active" in resumed.words
    assert refused.status == 409
    assert "Pause it first" in refused.words
    assert "https://example.org/" in refused.headings[0]
    assert listed.url == PLACE
    assert "Nobody is told yet" in listed.words


async def test_a_new_secret_is_shown_once_and_the_old_one_is_gone(priya: Screen):
    first = await add(priya, "https://example.org/")
    (before,) = await secrets()

    page = await priya.press(await priya.get(f"{PLACE}/1"), "New secret")

    (after,) = await secrets()
    assert before in first.html
    assert after != before
    assert after in page.html
    assert before not in page.html
    assert after not in (await priya.get(f"{PLACE}/1")).html


async def test_a_mailbox_has_no_secret_and_nothing_to_check(priya: Screen):
    await actions.add("mailto:someone@example.org", actor="Priya")

    page = await priya.get(f"{PLACE}/1")

    assert await secrets() == [""]
    assert "New secret" not in page.words
    assert "Onhand-Signature" not in page.words


@pytest.mark.parametrize("path", ["/2", "/x", "/1?before=x", "/1?before=0"])
async def test_what_is_not_there_is_not_found(priya: Screen, path: str):
    await add(priya, "https://example.org/")

    page = await priya.get(PLACE + path)

    assert page.status == 404


async def test_the_page_shows_text_as_it_is_and_runs_none_of_it(priya: Screen):
    await actions.add("https://example.org/?a='&b=1", actor="<script>Zoë</script>")

    page = await priya.get(f"{PLACE}/1")

    assert "<script>Zoë" not in page.html
    assert "added by <script>Zoë</script> at" in page.words
