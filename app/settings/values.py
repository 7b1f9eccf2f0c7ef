"""What the environment says, read. Each of these raises ValueError, which says how to write it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CURRENCIES = {"GBP": "£", "EUR": "€", "USD": "$", "CHF": "CHF\u00a0", "AUD": "$", "CAD": "$"}
MAIL_SERVER = "write it like smtp://user:password@mail.example.org:587, or smtps://"
_ESCAPED = "(?:[^%:@/?#\\[\\]\\s]|%[0-9A-Fa-f]{2})"
_HOST = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])?(?::[0-9]{1,5})?"
ADDRESS = (
    rf"postgres(?:ql)?://(?:{_ESCAPED}+(?::{_ESCAPED}*)?@)?{_HOST}(?:,{_HOST})*"
    rf"(?:/{_ESCAPED}*)?(?:\?(?!.*password=)[^#\s]*)?"
)
MAILBOX = r"[A-Za-z0-9!#$&'*+/=^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"


@dataclass(frozen=True)
class MailServer:
    """Through which mail leaves: TLS from the first byte, or as soon as the server offers it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_tls: bool

    @property
    def is_near(self) -> bool:
        """On this machine, where nobody listens in between."""
        return self.host in LOOPBACK


def port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise ValueError("a port is a number from 0 to 65535")


def minutes(text: str) -> timedelta:
    if re.fullmatch("[0-9]{1,5}", text) and 1 <= int(text) <= 30 * 24 * 60:
        return timedelta(minutes=int(text))
    raise ValueError("write a number of minutes from 1 to 43200, which is 30 days")


def hours(text: str) -> timedelta:
    if re.fullmatch("[0-9]{1,2}", text) and 1 <= int(text) <= 24:
        return timedelta(hours=int(text))
    raise ValueError("write a number of hours from 1 to 24")


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise ValueError("write addresses like 127.0.0.1, 10.0.0.0/8") from None


def most(text: str) -> int | None:
    if text == "off":
        return None
    if re.fullmatch("[1-9][0-9]{0,5}", text):
        return int(text)
    raise ValueError("write off, or a number from 1 to 999999")


def switch(text: str) -> bool:
    switches = {"1": True, "on": True, "true": True, "0": False, "off": False, "false": False}
    if text.lower() in switches:
        return switches[text.lower()]
    raise ValueError("write 1 or 0")


def log(text: str) -> str:
    if text in {"", "json", "text"}:
        return text
    raise ValueError("write json or text")


def database(text: str) -> str:
    if is_address(text):
        return address(text)
    if text and "://" not in text:
        return text
    raise ValueError("give the path of a SQLite file, or a postgresql:// address")


def replica(text: str) -> str:
    if not text:
        return text
    if is_address(text):
        return address(text)
    raise ValueError("give the postgresql:// address of a server that follows ONHAND_DATABASE")


def address(text: str) -> str:
    """Of a database in PostgreSQL; what could be read in two ways is refused."""
    if re.fullmatch(ADDRESS, text):
        return text
    raise ValueError(
        "write it like postgresql://user:password@host:5432/database, "
        "and in a password %40 for @, %23 for #, %25 for %, %2F for /, %3A for :, %3F for ?"
    )


def folder(text: str) -> Path | None:
    if text.strip():
        return None if text == "off" else Path(text)
    raise ValueError("write off, or the folder that backups are kept in")


def base_url(text: str) -> str:
    parts = urlsplit(text.lower())
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme)  # a browser leaves it out
    if usual and parts.hostname and "@" not in parts.netloc and parts.path in {"", "/"}:
        return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"
    raise ValueError("write it like https://stock.example.com, without a path")


def currency(text: str) -> str:
    if text in CURRENCIES:
        return text
    raise ValueError(f"one of {', '.join(CURRENCIES)}")


def timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("write a name like Europe/London") from None


def mail_server(text: str) -> MailServer | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or {"smtp": 587, "smtps": 465}[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError(MAIL_SERVER) from None
    if not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(MAIL_SERVER)
    if bool(parts.username) != bool(parts.password):
        raise ValueError("give both a user and a password, or neither")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
    )


def mailbox(text: str) -> str:
    if not text or is_mailbox(text):
        return text
    raise ValueError("write it like stock@example.org")


def is_mailbox(text: str) -> bool:
    """Whether mail can be sent there; one plain address, without a name around it."""
    return len(text) <= 254 and bool(re.fullmatch(MAILBOX, text))


def is_address(database: str) -> bool:
    """Whether a shop is in PostgreSQL; else it is a file."""
    return database.startswith(("postgresql://", "postgres://"))
