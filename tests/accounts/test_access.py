"""What happened at the door is written down, without secrets, and not for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.accounts import actions, attempts, queries
from app.accounts.actions import By
from app.accounts.attempts import MOST_A_MINUTE, MOST_WAITING, Attempts
from app.accounts.tables import AccessEvent, Happening, Role, Scope
from app.database import DB
from tests import api, asgi, make, screen
from tests.accounts.door import PASSWORD, id_of, sign_in, welcome
from tests.accounts.test_till import come_in, open_till, with_pin

ACCESS = "/settings/access"
WRONG = "a short sentence is bad"


async def kinds() -> list[str]:
    """All that was written down, the oldest first."""
    await attempts.attempts.write()
    return [f"{e.kind} {e.about or '?'}" for e in reversed(await queries.entries())]


@pytest.fixture(autouse=True)
def _no_attempt_is_left_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Attempts()
    for module in ("attempts", "proving", "current", "controllers.till"):
        monkeypatch.setattr(f"app.accounts.{module}.attempts", fresh)


async def test_coming_and_going_is_written_down():
    async with screen.anybody() as priya:
        await welcome(priya)
        await priya.press(await priya.get("/sign-out"), "Sign out")
        await sign_in(priya, password=WRONG)
        await sign_in(priya, "My secret password", WRONG)
        await sign_in(priya)

    assert await kinds() == [
        "link_made Priya",
        "clerk_added Priya",
        "signed_in Priya",
        "signed_out Priya",
        "signed_in Priya",
        "failed Priya",
        "failed ?",  # people type their password there; it is not kept
    ]


async def test_pins_switches_and_what_was_tried_too_often_are_written_down():
    kim = await with_pin("Kim")

    async with screen.clerk("Robin") as till:
        await open_till(till)
        for _ in range(6):
            await come_in(till, kim, "9999")

    assert (await kinds())[5:] == [
        "signed_in Robin",
        "signed_out Robin",
        *["wrong_pin Kim"] * 5,
        "throttled Kim",
    ]


async def test_what_managers_decide_is_written_down_with_who_did_it():
    grace = By("Grace", "10.0.0.7")
    robin = await make.clerk("Robin")
    await make.clerk("Kim", Role.MANAGER)

    await actions.change_role(robin, Role.MANAGER, by=grace)
    await actions.disable(robin, by=grace)
    await actions.add_token("Web shop", Scope.READ, by=grace)
    await actions.revoke_token(1, by=grace)

    told = [(e.kind, e.about, e.actor, e.address, e.note) for e in await queries.entries()][:4]
    assert told == [
        ("token_revoked", "Web shop", "Grace", "10.0.0.7", ""),
        ("token_added", "Web shop", "Grace", "10.0.0.7", "may read, for 90 days"),
        ("disabled", "Robin", "Grace", "10.0.0.7", ""),
        ("role_changed", "Robin", "Grace", "10.0.0.7", "now a manager"),
    ]


async def test_whoever_is_refused_is_written_down_without_any_code():
    code = await actions.invite("Priya")

    async with screen.clerk("Robin") as robin, api.program(Scope.READ) as reader:
        await robin.get("/settings")
        await robin.client.post("/stock", data={"csrf_token": "x"})
        await reader.post("/v1/products", json={})
        await robin.client.post(f"/welcome/{code}", headers={"sec-fetch-site": "cross-site"})
    async with asgi.client(headers={"Authorization": "Bearer stolen"}) as stranger:
        await stranger.get("/v1/products")

    await attempts.attempts.write()
    told = [(e.about, e.note) for e in await queries.entries() if e.kind == Happening.REFUSED]
    assert told == [
        ("", "GET /v1/products"),
        ("", "POST /welcome/{code}"),
        ("till", "POST /v1/products"),
        ("Robin", "POST /stock"),
        ("Robin", "GET /settings"),
    ]


async def test_a_flood_of_strangers_is_a_few_lines_and_a_number():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    with clock.at(now):
        flood = Attempts()

    for minute in range(3):
        with clock.at(now + timedelta(minutes=minute)):
            for n in range(1_000):
                flood.note(Happening.REFUSED, by=By(address=f"10.0.0.{n}"))
            await flood.write()
    with clock.at(now + timedelta(minutes=3)):
        await flood.write()

    assert await AccessEvent.count() == 3 * 21
    ((total,),) = await DB.fetch("SELECT sum(times) FROM access_event")
    assert total == 3_000


@asynccontextmanager
async def nothing_is_written_down_of(address: str) -> AsyncIterator[None]:
    await actions.record(Happening.FAILED, by=By(address=address))
    await DB.run(DB.run_ddl, "CREATE UNIQUE INDEX only_once ON access_event (address)")
    yield
    await DB.run(DB.run_ddl, "DROP INDEX only_once")


async def test_what_cannot_be_written_down_is_written_when_it_can_be():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    with clock.at(now):
        waiting = Attempts()
        async with nothing_is_written_down_of("10.0.0.3"):
            for n in range(5):
                waiting.note(Happening.FAILED, by=By(address=f"10.0.0.{n}"))
            with pytest.raises(DB.errors):
                await waiting.write()
            assert await AccessEvent.count() == 1
            waiting.note(Happening.FAILED, by=By(address="10.0.0.5"))
    with clock.at(now + timedelta(seconds=30)):
        await waiting.write()
        await waiting.write()

    _, *written = await AccessEvent.select().order_by(AccessEvent.id)
    assert [row["address"] for row in written] == [f"10.0.0.{n}" for n in range(6)]
    assert {row["happened_at"] for row in written} == {now}


async def test_what_waits_to_be_written_down_stays_few_and_is_counted():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    with clock.at(now):
        waiting = Attempts()

    await DB.run(DB.run_ddl, "ALTER TABLE access_event RENAME TO elsewhere")
    for minute in range(100):
        with clock.at(now + timedelta(minutes=minute)):
            for _ in range(100):
                waiting.note(Happening.REFUSED, by=By(address="10.0.0.3"))
            with pytest.raises(DB.errors):
                await waiting.write()
    await DB.run(DB.run_ddl, "ALTER TABLE elsewhere RENAME TO access_event")
    for hours in (2, 3):
        with clock.at(now + timedelta(hours=hours)):
            await waiting.write()

    assert await AccessEvent.count() <= MOST_WAITING + 2 * MOST_A_MINUTE
    ((total,),) = await DB.fetch("SELECT sum(times) FROM access_event")
    assert total == 100 * 100


async def test_a_server_that_stops_writes_down_what_waits_once():
    waiting = Attempts()

    async with waiting.writing():
        await asyncio.sleep(0)
        for n in range(30):
            waiting.note(Happening.FAILED, by=By(address=f"10.0.0.{n}"))

    ((total,),) = await DB.fetch("SELECT sum(times) FROM access_event")
    assert total == 30


async def test_no_secret_is_written_down(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)

    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.anybody() as priya:
        await welcome(priya)
        await sign_in(priya, password=WRONG)
        page = await grace.get("/settings/clerks")
        page = await grace.press(page, "Add", {"name": "Kim"})
        link = page.html.split("/welcome/")[1].split('"')[0]

    await kinds()
    written = str(await DB.fetch("SELECT * FROM access_event"))
    logged = caplog.text + str([vars(record) for record in caplog.records])
    for secret in (PASSWORD, WRONG, link, *priya.client.cookies.values()):
        assert secret not in written + logged
    assert "Kim" in written
    assert "Kim" not in logged
    assert "'entry': 5" in logged


async def test_the_log_says_only_what_was_written_down(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "onhand.access")

    async def refuse() -> None:
        await actions.record(Happening.SIGNED_IN, about="Robin")
        raise actions.NotLetIn

    with pytest.raises(actions.NotLetIn):
        await DB.run(refuse)
    await actions.record(Happening.SIGNED_OUT, about="Robin")

    (entry,) = await queries.entries()
    (line,) = caplog.records
    assert (line.message, vars(line)["entry"]) == ("signed_out", entry.id)


async def test_nobody_changes_what_was_written_down():
    await actions.record(Happening.FAILED, about="Robin")

    for statement in ("UPDATE access_event SET about = ''", "DELETE FROM access_event"):
        with pytest.raises(Exception, match="append-only"):
            await DB.run(DB.fetch, statement)
    assert await AccessEvent.count() == 1


async def test_it_is_forgotten_after_180_days():
    with clock.at(clock.now() - timedelta(days=181)):
        await actions.record(Happening.FAILED, about="Robin")
    with clock.at(clock.now() - timedelta(days=170)):
        await actions.record(Happening.FAILED, about="Kim")

    forgotten = await actions.forget_old_events()

    assert forgotten == 1
    assert [event.about for event in await queries.entries()] == ["Kim"]


async def test_managers_read_it_page_by_page_and_clerks_do_not():
    for n in range(70):
        await actions.record(Happening.FAILED, about=f"Clerk <{n}>")

    async with screen.clerk("Grace", Role.MANAGER) as grace, screen.clerk("Robin") as robin:
        page = await grace.get(ACCESS)
        older = page.html.split(f'href="{ACCESS}?before=')[1].split('"')[0]
        second = await grace.get(f"{ACCESS}?before={older}")
        nonsense = await grace.get(f"{ACCESS}?before=x")
        refused = await robin.get(ACCESS)

    assert "Wrong password" in page.words
    assert page.words.count("Clerk <") + second.words.count("Clerk <") == 70
    assert "Clerk <0>" in second.words
    assert (nonsense.status, refused.status) == (404, 403)


async def test_a_role_that_was_not_changed_leaves_nothing_behind():
    await make.clerk("Kim", Role.MANAGER)
    before = await AccessEvent.count()

    with pytest.raises(actions.LastManager):
        await actions.disable(await id_of("Kim"))

    assert await AccessEvent.count() == before
