"""Events that are mailed: the same log and the same retries, and a mail that a person reads."""

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import clock
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.settings import settings
from app.settings.values import MailServer
from app.stock import actions as stock
from app.stock.wire import TYPES, EventOut
from app.webhooks import actions, mail
from tests import make
from tests.webhooks import log, mailbox
from tests.webhooks.mailbox import Mailbox

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADDRESS = "mailto:priya@example.org"


def through(monkeypatch: pytest.MonkeyPatch, server: MailServer | None) -> None:
    changed = replace(settings, mail_server=server, mail_from="stock@example.org")
    monkeypatch.setattr(mail, "settings", changed)


@pytest.fixture
async def box(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mailbox]:
    async with mailbox.opened() as box:
        through(monkeypatch, MailServer("127.0.0.1", box.port, "", "", is_tls=False))
        yield box


async def test_an_alert_is_mailed_so_that_a_person_understands_it(box: Mailbox):
    await make.product("MUG", on_hand=5, reorder_point=3)
    await actions.add(ADDRESS, types=["LowStockDetected"], actor="Priya")

    with clock.at(NOON):
        await orders.place([Wanted("MUG", 3)], actor="Robin")
        await log.work()

    (got,) = box.got
    assert got["Subject"] == "MUG: low, 2 available"
    assert (got["From"], got["To"]) == ("stock@example.org", "priya@example.org")
    assert got["Date"].datetime == NOON
    assert got["Auto-Submitted"] == "auto-generated"
    assert "Onhand-Signature" not in got
    assert got.get_content().splitlines() == [
        "MUG: low, 2 available.",
        "",
        "On hand 2, reserved 0, available 2.",
        "By Robin at 12:00.",
        "",
        "http://127.0.0.1:8000/stock/MUG",
        "",
        "-- ",
        "Onhand sends this because a manager asked for it:",
        "http://127.0.0.1:8000/settings/webhooks/1",
    ]
    row = await log.one()
    assert (row["status"], row["code"], row["attempts"]) == ("delivered", 250, 1)


async def test_a_note_is_mailed_as_it_was_written(box: Mailbox):
    mug = await make.product("MUG", on_hand=5)
    await actions.add(ADDRESS, actor="Priya")

    await stock.receive(mug, 1284, actor="Zoë", note="“late”, £4 each")
    await log.work()

    (got,) = box.got
    assert got["Subject"] == "MUG: 1\u202f284 received"
    assert "Note: “late”, £4 each" in got.get_content().splitlines()


@pytest.mark.parametrize(
    ("refusals", "code", "error"),
    [
        ({"MAIL": "451 later"}, 451, "The mail server does not take mail from us"),
        ({"RCPT": "550 who"}, 0, "The mail server does not take mail for this address"),
        ({"DATA": "554 no"}, 554, "The mail server refused it"),
    ],
)
async def test_what_the_mail_server_refuses_is_tried_again(
    box: Mailbox, refusals: dict[str, str], code: int, error: str
):
    box.refusals = refusals
    hook = await actions.add(ADDRESS, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    await log.work()
    failed = await log.one()
    box.refusals = {}
    with log.later(seconds=12):
        await log.work()

    assert (failed["status"], failed["code"], failed["error"]) == ("pending", code, error)
    (got,) = box.got
    assert got["Subject"] == "TEST: test"
    assert (await log.one())["status"] == "delivered"


async def test_a_mail_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch):
    async with mailbox.opened() as gone:
        port = gone.port
    through(monkeypatch, MailServer("127.0.0.1", port, "", "", is_tls=False))
    hook = await actions.add(ADDRESS, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    await log.work()

    assert (await log.one())["error"] == "The mail server cannot be reached"


async def test_where_mail_is_no_longer_set_up_that_is_told(monkeypatch: pytest.MonkeyPatch):
    through(monkeypatch, None)
    hook = await actions.add(ADDRESS, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    await log.work()

    assert (await log.one())["error"] == "Mail is not set up here"


async def test_our_password_is_given_to_a_mail_server_on_this_machine(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    through(monkeypatch, MailServer("127.0.0.1", box.port, "onhand", "s3cret", is_tls=False))
    hook = await actions.add(ADDRESS, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    await log.work()

    login = b64encode(b"\0onhand\0s3cret").decode()
    assert f"AUTH PLAIN {login}" in box.told
    assert len(box.got) == 1


async def test_our_password_is_never_given_away_without_a_secure_connection(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    far = MailServer("127.0.0.1", box.port, "onhand", "s3cret", is_tls=False)
    monkeypatch.setattr(MailServer, "is_near", False)
    through(monkeypatch, far)
    hook = await actions.add(ADDRESS, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    await log.work()

    error = "The mail server offers no secure connection for our password"
    assert (await log.one())["error"] == error
    assert [line.split()[0] for line in box.told] == ["ehlo", "QUIT"]


async def test_a_mail_server_that_does_not_answer_is_not_waited_for(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mail, "LONGEST_STEP", 0.05)
    box.refusals = {"EHLO": "250-and so on"}
    hook = await actions.add(ADDRESS, actor="Priya")
    await actions.send_test(hook, actor="Priya")

    await log.work()

    assert (await log.one())["error"] == "The mail server stopped answering"


@pytest.mark.parametrize("name", TYPES.values())
def test_every_type_of_event_is_said_in_words(name: str):
    event = EventOut(1, name, "MUG", -2, 2, 3, 1, 2, "own_use", "", None, "Robin", NOON)

    assert name.lower() not in mail.what_happened(event)
    assert mail.what_happened(event).startswith("MUG: ")
    assert mail.what_happened(event).endswith(", own use")
