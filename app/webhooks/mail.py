"""Sending one event to a mailbox, as a plain mail that says what happened."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

import msgspec

from app import clock, words
from app.settings import settings
from app.settings.values import MailServer
from app.stock.wire import EventOut
from app.webhooks.actions import Due, Outcome
from app.webhooks.addresses import MAIL

PATIENCE = 30.0  # seconds for all of it
LONGEST_STEP = 10.0  # seconds for each of its steps


class NotSent(Exception):
    """We do not even try; its text says why."""


# What a person is told of a failure, by the first kind that it is of.
SENTENCES: dict[type[Exception], str] = {
    smtplib.SMTPAuthenticationError: "The mail server does not take our password",
    smtplib.SMTPRecipientsRefused: "The mail server does not take mail for this address",
    smtplib.SMTPSenderRefused: "The mail server does not take mail from us",
    smtplib.SMTPServerDisconnected: "The mail server stopped answering",
    smtplib.SMTPException: "The mail server refused it",
    TimeoutError: "The mail server did not answer in time",
    ssl.SSLError: "No secure connection to the mail server could be made",
    OSError: "The mail server cannot be reached",
    Exception: "It could not be sent",
}


async def send(due: Due) -> Outcome:
    """Mail it; accepted by our mail server is an arrival. It never raises for what others do."""
    began = monotonic()
    code, error = 250, ""
    try:
        async with asyncio.timeout(PATIENCE):
            await _on_thread(partial(_deliver, _server(), message(due)))
    except NotSent as refusal:
        code, error = 0, str(refusal)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is what the log has to tell
        code, error = getattr(failure, "smtp_code", 0), _sentence(failure)
    return Outcome(code, error, round((monotonic() - began) * 1000))


def message(due: Due) -> EmailMessage:
    """What the mailbox gets. Sent twice, both carry one Message-ID, so that one can be dropped."""
    event = msgspec.json.decode(due.body, type=EventOut)
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = due.address.removeprefix(MAIL)
    mail["Subject"] = what_happened(event)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<delivery-{due.id}@{_host()}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Onhand-Delivery"] = str(due.id)
    note = f"Note: {event.note}\n" if event.note else ""
    mail.set_content(
        f"{what_happened(event)}.\n\n"
        f"On hand {words.number(event.on_hand)}, reserved {words.number(event.reserved)}, "
        f"available {words.number(event.available)}.\n"
        f"{note}"
        f"By {event.actor} {words.when(event.happened_at)}.\n\n"
        f"{settings.base_url}/stock/{event.sku}\n\n"
        f"-- \n"
        f"Onhand sends this because a manager asked for it:\n"
        f"{settings.base_url}/settings/webhooks/{due.hook}\n"
    )
    return mail


def what_happened(event: EventOut) -> str:
    """One event as a line: its SKU first, then what a person has to know."""
    on_hand, reserved = words.number(abs(event.on_hand_change)), abs(event.reserved_change)
    told = {
        "InventoryReceived": f"{on_hand} received",
        "InventorySold": f"{on_hand} sold",
        "InventoryReserved": f"{words.number(reserved)} reserved",
        "InventoryReleased": f"{words.number(reserved)} released",
        "InventoryAdjusted": f"adjusted by {words.signed(event.on_hand_change)}",
        "InventoryCounted": f"counted, {words.number(event.on_hand)} on hand",
        "InventoryReturned": f"{on_hand} returned",
        "LowStockDetected": f"low, {words.number(event.available)} available",
        "LowStockCleared": f"no longer low, {words.number(event.available)} available",
    }
    why = f", {event.reason.replace('_', ' ')}" if event.reason else ""
    return f"{event.sku}: {told.get(event.type, event.type.lower())}{why}"


def _deliver(server: MailServer, mail: EmailMessage) -> None:
    with _connect(server) as connection:
        connection.ehlo()
        if not (server.is_tls or server.is_near):
            if connection.has_extn("starttls"):
                connection.starttls(context=ssl.create_default_context())
            elif server.user:
                raise NotSent("The mail server offers no secure connection for our password")
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(mail)


def _connect(server: MailServer) -> smtplib.SMTP:
    address, name = (server.host, server.port), _host()
    if server.is_tls:
        tls = ssl.create_default_context()
        return smtplib.SMTP_SSL(*address, local_hostname=name, timeout=LONGEST_STEP, context=tls)
    return smtplib.SMTP(*address, local_hostname=name, timeout=LONGEST_STEP)


async def _on_thread(work: Callable[[], None]) -> None:
    """On a thread that nobody waits for at the end of the program, however long it takes."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: BaseException | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(None)

    def run() -> None:
        failure: BaseException | None = None
        try:
            work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            failure = error
        with suppress(RuntimeError):  # the program has ended meanwhile
            loop.call_soon_threadsafe(tell, failure)

    Thread(target=run, name="mail", daemon=True).start()
    await done


def _sentence(failure: Exception) -> str:
    return next(told for kind, told in SENTENCES.items() if isinstance(failure, kind))


def _server() -> MailServer:
    if settings.mail_server is None:
        raise NotSent("Mail is not set up here")
    return settings.mail_server


def _host() -> str:
    return urlsplit(settings.base_url).hostname or "localhost"
