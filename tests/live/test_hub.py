"""The stream that every open screen hears."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.accounts import actions as accounts
from app.accounts.tables import Happening
from app.alerts import actions as alerts
from app.live import hub as live
from app.live.hub import Hub
from app.live.place import Place
from app.orders import actions as orders
from app.orders import lists
from app.orders.actions import Wanted, holding
from app.orders.tables import HoldChange
from app.stock import actions as stock
from app.stock import queries
from tests import make, shops


async def always() -> bool:
    return True


async def never() -> bool:
    return False


class Screen:
    """One open page: what it was told so far."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self.stream = stream

    async def hear(self, event: str = "changes") -> str:
        """The next message of this kind."""
        async with asyncio.timeout(5):
            while True:
                message = (await anext(self.stream)).decode()
                if f"event: {event}\n" in message:
                    return message


@asynccontextmanager
async def open_shop(
    screens: int = 1, after: int | None = None
) -> AsyncIterator[tuple[Hub, list[Screen]]]:
    hub = Hub()
    place = await Place.now() if after is None else Place(after)
    async with hub.running():
        opened = [Screen(hub.stream(place, always)) for _ in range(screens)]
        for screen in opened:  # the first thing it hears is when to come back
            assert (await anext(screen.stream)).startswith(b"retry: ")
        yield hub, opened
        for screen in opened:
            await screen.stream.aclose()  # type: ignore[attr-defined]


def available(message: str, sku: str) -> list[int]:
    return [int(n) for n in re.findall(f'data-stock="{sku}" data-available="([0-9]+)"', message)]


async def test_a_sale_is_heard_on_every_screen_in_the_same_bytes():
    await make.product("MUG", on_hand=5)

    async with open_shop(screens=3) as (_, screens):
        await orders.place([Wanted("MUG", 2)], actor="kim")
        heard = [await screen.hear() for screen in screens]

    assert set(available(heard[0], "MUG")) == {3}
    assert heard[0] == heard[1] == heard[2]


async def test_the_message_carries_the_number_of_the_newest_event_in_it():
    await make.product("MUG", on_hand=5)

    async with open_shop() as (_, (screen,)):
        await orders.place([Wanted("MUG", 2)], actor="kim")
        heard = await screen.hear()

    assert heard.startswith(f"id: {await queries.last_event()}.0.0\n")


async def test_the_message_names_the_orders_that_changed_and_no_others():
    mug = await make.product("MUG", on_hand=9)
    await make.reserved(mug, 1)
    held = await make.reserved(mug, 2)

    async with open_shop() as (_, (screen,)):
        await orders.hand_over(held, actor="kim")
        handed_over = await screen.hear()
        await stock.receive(mug, 4, actor="kim")
        received = await screen.hear()

    last = await queries.last_event()
    assert re.findall(r'data-event="(\d+)" data-order="(\d+)"', handed_over) == [
        (str(last - 1), str(held))
    ]
    assert "data-order" not in received


async def test_what_happens_to_a_hold_without_an_event_is_told_all_the_same():
    robin = await make.clerk()
    mug = await make.product("MUG", on_hand=9)
    first, second = await make.reserved(mug, 1), await make.reserved(mug, 1)
    an_hour = timedelta(hours=1)
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: orders.extend(first, an_hour),
        lambda: orders.recall(first, clerk=robin, at_least=an_hour),
        lambda: orders.recall(second, clerk=robin, at_least=timedelta(0)),
    ]
    told = []

    async with open_shop() as (_, (screen,)):
        for change in changes:
            before = await lists.row(first)
            await change()
            heard = await screen.hear()
            after = await lists.row(first)
            numbers = {int(n) for n in re.findall(r'data-event="(\d+)" data-order', heard)}
            assert numbers == {after.as_of}
            assert before.as_of < after.as_of  # so the row asks for itself anew, and once
            told.append({int(n) for n in re.findall(r'data-order="(\d+)"', heard)})

    assert told == [{first}, {first}, {first, second}]
    assert await queries.last_event() == 3  # opening, reserved twice


async def test_a_recalled_hold_that_is_put_aside_again_is_told():
    robin = await make.clerk()
    await make.product("MUG", on_hand=9)
    held = await make.hold(robin, MUG=1)
    shown = await orders.recall(held.id, clerk=robin, at_least=timedelta(0))

    async with open_shop() as (_, (screen,)):
        await orders.hold(
            held.id, shown.revision, clerk=robin, actor="Robin", expires_in=timedelta(hours=1)
        )
        heard = await screen.hear()

    assert re.findall(r'data-order="(\d+)"', heard) == [str(held.id)]


async def test_only_the_newest_changes_of_holds_are_kept_and_a_screen_far_behind_looks_anew(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(holding, "MOST_TOLD", 4)
    monkeypatch.setattr(live, "MOST_CHANGED", 2)
    mug = await make.product("MUG", on_hand=9)
    held = await make.reserved(mug, 1)
    before = await Place.now()
    for minutes in range(1, 10):
        await orders.extend(held, timedelta(minutes=minutes))

    message = await live.render_changes(before, await Place.now())

    assert b"event: resync" in message.content
    assert await HoldChange.count() == 4


async def test_many_changes_are_told_at_once_and_not_one_by_one():
    await make.product("MUG", on_hand=50)

    async with open_shop() as (hub, (screen,)):
        await asyncio.gather(*(orders.place([Wanted("MUG", 1)], actor="kim") for _ in range(20)))
        told = [available(await screen.hear(), "MUG")[0]]
        while told[-1] != 30:
            told.append(available(await screen.hear(), "MUG")[0])

    assert len(told) <= 2
    assert hub.streams == 0


async def test_a_screen_that_comes_back_hears_what_it_missed_and_only_that():
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)
    await make.product("CUP", on_hand=5)
    before = await queries.last_event()
    await orders.place([Wanted("MUG", 1)], actor="kim")
    await orders.place([Wanted("BOWL", 1)], actor="kim")

    async with open_shop(after=before) as (_, (screen,)):
        heard = await screen.hear()

    assert set(available(heard, "MUG")) == {4}
    assert set(available(heard, "BOWL")) == {4}
    assert available(heard, "CUP") == []


async def test_no_change_falls_between_coming_back_and_hearing_on():
    await make.product("MUG", on_hand=500)

    async with open_shop(screens=0) as (hub, _):
        place = await Place.now()
        for number in range(1, 5):
            await orders.place([Wanted("MUG", 1)], actor="kim")
            screen = Screen(hub.stream(place, always))
            heard = await screen.hear()
            assert available(heard, "MUG")[0] == 500 - number
            place = Place(int(re.findall(r"id: (\d+)", heard)[0]))
            await screen.stream.aclose()  # type: ignore[attr-defined]


@pytest.mark.sqlite  # where two orders share a COMMIT, and so a message
async def test_a_page_made_between_two_events_of_one_message_hears_the_second():
    await make.product("MUG", on_hand=5)
    await make.product("BOWL", on_hand=5)

    async with open_shop() as (hub, (screen,)):
        await asyncio.gather(
            *(orders.place([Wanted(sku, 1)], actor="kim") for sku in ("MUG", "BOWL"))
        )
        first = await screen.hear()
        page = Screen(hub.stream(Place(await queries.last_event() - 1), always))
        heard = await page.hear()
        await page.stream.aclose()  # type: ignore[attr-defined]

    assert heard == first
    assert set(available(heard, "BOWL")) == {4}


@pytest.mark.parametrize(("products", "sales"), [(3, 0), (1, 3)])
async def test_a_screen_that_missed_too_much_is_told_to_ask(
    monkeypatch: pytest.MonkeyPatch, products: int, sales: int
):
    monkeypatch.setattr(live, "MOST_CHANGED", 2)
    for number in range(products):
        await make.product(f"MUG-{number}", on_hand=5)
    for _ in range(sales):
        await orders.place([Wanted("MUG-0", 1)], actor="kim")

    async with open_shop(after=0) as (_, (screen,)):
        heard = await screen.hear("resync")

    assert heard.startswith(f"id: {await queries.last_event()}.0.0\n")


def lose_one_elsewhere(shop: Path, product: int, on_hand: int) -> None:
    """Another program writes that one of them is lost."""
    with shops.beside(shop) as other:
        other.rows("BEGIN")
        other.rows("UPDATE stock_level SET on_hand = ? WHERE product = ?", (on_hand, product))
        other.rows(
            "INSERT INTO stock_event (product, kind, on_hand_change, reserved_change, on_hand, "
            "reserved, reason, note, actor, happened_at) "
            "VALUES (?, 'adjusted', -1, 0, ?, 0, 'lost', '', 'kim', '2026-11-20 12:00:00')",
            (product, on_hand),
        )
        other.rows("COMMIT")


async def test_what_another_program_commits_is_heard_too(shop: Path):
    mug = await make.product("MUG", on_hand=5)

    async with open_shop() as (_, (screen,)):
        lose_one_elsewhere(shop, mug, 4)
        heard = await screen.hear()

    assert set(available(heard, "MUG")) == {4}


async def test_what_another_program_commits_is_heard_also_by_the_first_screen_of_the_day(
    shop: Path,
):
    mug = await make.product("MUG", on_hand=5)

    async with open_shop(screens=0) as (hub, _):
        place = await Place.now()
        await asyncio.sleep(0)  # it listens, while nobody is there
        lose_one_elsewhere(shop, mug, 4)
        screen = Screen(hub.stream(place, always))
        heard = await screen.hear()
        await screen.stream.aclose()  # type: ignore[attr-defined]

    assert set(available(heard, "MUG")) == {4}


async def test_a_look_that_fails_is_said_and_made_up_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    await make.product("MUG", on_hand=5)

    async def fails(*_: object) -> live.Message:
        raise sqlite3.OperationalError("disk I/O error")

    async with open_shop() as (_, (screen,)):
        with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
            patch.setattr(live, "AGAIN", 0.001)
            patch.setattr(live, "render_changes", fails)
            await orders.place([Wanted("MUG", 1)], actor="kim")
            async with asyncio.timeout(5):
                while "live: disk I/O error" not in caplog.text:
                    await asyncio.sleep(0)
        heard = await screen.hear()

    assert set(available(heard, "MUG")) == {4}


async def test_a_screen_of_a_newer_shop_than_this_one_is_told_to_begin_anew():
    await make.product("MUG", on_hand=5)

    async with open_shop(screens=0) as (hub, _):
        ahead = Screen(hub.stream(Place(await queries.last_event() + 1), always))
        heard = await ahead.hear("restored")
        await ahead.stream.aclose()  # type: ignore[attr-defined]

    assert heard == "event: restored\ndata:\n\n"


async def test_the_panel_and_the_count_of_what_is_low_come_with_the_change():
    await make.product("MUG", name="Blue mug", on_hand=5, reorder_point=4)

    async with open_shop() as (_, (screen,)):
        await orders.place([Wanted("MUG", 2)], actor="kim")
        heard = await screen.hear()

    panel = heard[heard.index('data-live="low-stock"') :]
    assert "Blue mug" in panel
    assert re.search(r'data-live="low-count"[^>]*>1<', heard)


async def test_a_quiet_stream_says_that_it_is_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "BEAT", 0.01)

    async with open_shop() as (_, (screen,)):
        assert await screen.hear("beat")


async def test_a_screen_that_is_no_longer_allowed_hears_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "BEAT", 0.01)
    monkeypatch.setattr(live, "RECHECK", 0.0)
    hub = Hub()

    async with hub.running(), asyncio.timeout(5):
        heard = [message async for message in hub.stream(Place(0), never)]

    assert hub.streams == 0
    assert heard[-1] == b"event: ended\ndata:\n\n"
    assert len(heard) <= 3


async def test_a_screen_is_asked_again_as_soon_as_something_happened_at_the_door():
    allowed = True

    async def is_allowed() -> bool:
        return allowed

    async with open_shop(screens=0) as (hub, _), asyncio.timeout(5):
        screen = Screen(hub.stream(await Place.now(), is_allowed))
        assert (await anext(screen.stream)).startswith(b"retry: ")
        allowed = False
        await accounts.record(Happening.DISABLED, about="Robin")
        await screen.hear("ended")
        rest = [message async for message in screen.stream]

    assert rest == []


async def test_screens_are_told_to_come_back_at_different_times_in_a_message_as_htmx_wants_it():
    told = []
    for _ in range(20):
        stream = Hub().stream(await Place.now(), always)
        told.append((await anext(stream)).decode())
        await stream.aclose()  # type: ignore[attr-defined]

    moments = [re.fullmatch(r"retry: (\d+)\nevent: beat\ndata:\n\n", text) for text in told]
    assert len({int(moment[1]) for moment in moments if moment}) > 10
    assert all(moment and 500 <= int(moment[1]) <= 5_000 for moment in moments)


async def test_closing_ends_every_stream_at_once():
    async with open_shop(screens=3) as (hub, screens):
        hub.close()

        async with asyncio.timeout(1):
            rest = [[message async for message in screen.stream] for screen in screens]

    assert rest == [[], [], []]
    assert hub.streams == 0


async def test_a_crossing_is_told_once_and_a_later_sale_is_no_second_alert():
    mug = await make.product("MUG", on_hand=6, reorder_point=4)
    await orders.place([Wanted("MUG", 2)], actor="kim")
    await orders.place([Wanted("MUG", 1)], actor="kim")
    await stock.receive(mug, 10, actor="kim")
    await orders.place([Wanted("MUG", 9)], actor="kim")

    kinds = [event.kind for event in reversed(await queries.events(mug))]

    assert kinds == [
        "received",
        "sold",
        "low_stock",
        "sold",
        "received",
        "restocked",
        "sold",
        "low_stock",
    ]


def panel(message: str) -> str:
    return message[message.index('data-live="low-stock"') :]


async def test_a_claim_is_heard_on_every_screen_though_no_stock_moved():
    mug = await make.product("MUG", on_hand=2, reorder_point=4)

    async with open_shop(screens=2) as (_, screens):
        await alerts.claim(mug, actor="Tom")
        heard = [await screen.hear() for screen in screens]

    assert "Tom: claimed" in panel(heard[0])
    assert re.match(rf"id: {await queries.last_event()}\.[1-9]", heard[0])
    assert 'data-shelf="MUG"' not in heard[0]
    assert heard[0] == heard[1]


async def test_what_another_program_claims_is_heard_too(shop: Path):
    mug = await make.product("MUG", on_hand=2, reorder_point=4)
    await alerts.claim(mug, actor="Tom")

    async with open_shop() as (_, (screen,)):
        with shops.beside(shop) as other:
            other.rows("UPDATE alert_care SET claimed_by = 'Anna', revision = revision + 1")
        heard = await screen.hear()

    assert "Anna: claimed" in panel(heard)


async def test_the_end_of_a_snooze_is_heard_by_itself():
    mug = await make.product("MUG", name="Blue mug", on_hand=2, reorder_point=4)
    await alerts.snooze(mug, clock.now() + timedelta(hours=1), actor="Tom")

    async with open_shop() as (_, (screen,)):
        with clock.at(clock.now() + timedelta(hours=2)):
            heard = await screen.hear()

    assert "Blue mug" in panel(heard)


async def test_a_screen_that_comes_back_hears_of_a_claim_it_missed_and_of_no_older_one():
    mug = await make.product("MUG", on_hand=2, reorder_point=4)
    before = await Place.now()
    await alerts.claim(mug, actor="Tom")
    after = await Place.now()

    async with open_shop(screens=0) as (hub, _):
        missed = Screen(hub.stream(before, always))
        heard = await missed.hear()
        await missed.stream.aclose()  # type: ignore[attr-defined]
        current = Screen(hub.stream(after, always))
        await alerts.release(mug, actor="Tom")
        next_heard = await current.hear()
        await current.stream.aclose()  # type: ignore[attr-defined]

    assert "Tom: claimed" in panel(heard)
    assert "Tom: claimed" not in panel(next_heard)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("4821.17", Place(4821, 17)),
        ("4821.17.5", Place(4821, 17, 5)),
        ("4821", Place(4821)),
        ("", None),
        ("x", None),
        ("-1", None),
        ("4821.", None),
        ("4821.17.5.1", None),
        ("٤", None),
        ("9" * 19, None),
    ],
)
def test_a_place_is_three_numbers_or_none(text: str, place: Place | None):
    assert Place.read(text) == place
    assert place is None or Place.read(str(place)) == place
