"""Every knob, read once from the environment, refused loudly when wrong."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "ONHAND_"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CURRENCIES = {"GBP": "£", "EUR": "€", "USD": "$", "CHF": "CHF\u00a0", "AUD": "$", "CAD": "$"}
MAIL_SERVER = "write it like smtp://user:password@mail.example.org:587, or smtps://"
MAILBOX = r"[A-Za-z0-9!#$&'*+/=^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"

Value = TypeVar("Value")


class BadSetting(SystemExit):
    """A setting cannot be used; its text says which and why. The program ends."""


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


@dataclass(frozen=True)
class Settings:
    database: str  # the path of a file, or a postgresql:// address
    host: str
    port: int  # 0 takes a free one
    base_url: str  # how browsers reach us; cookies and the Origin check depend on it
    is_base_url_given: bool  # else it follows from host and port
    currency: str  # ISO 4217, one with two decimals
    timezone: ZoneInfo
    hold: timedelta  # how long something is put aside when nobody says otherwise
    rate_limit: int | None  # requests a minute, of one session or one token
    streams_per_clerk: int | None  # screens that one clerk, or one token, may listen with
    mail_server: MailServer | None
    mail_from: str
    idle: timedelta  # after which a session that nobody uses ends
    session: timedelta  # after which any session ends
    trusted_proxy: tuple[IPv4Network | IPv6Network, ...]  # whose X-Forwarded-For is believed
    log: str  # json or text; empty for whichever suits where it goes
    log_requests: bool  # also those that only look
    backups: Path | None  # a folder, beside the database unless it is absolute; None for off

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def currency_sign(self) -> str:
        return CURRENCIES[self.currency]

    def why_unreachable(self, host: str) -> str:
        """Why no browser could be served at this host; empty when one can."""
        if self.is_base_url_given or host in LOOPBACK:
            return ""
        return f"set {PREFIX}BASE_URL to the address by which browsers reach it"


def address(host: str, port: int) -> str:
    """How a browser writes it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; raises BadSetting for a value or a name it does not know."""
    known: set[str] = set()

    def setting(
        name: str, default: str, convert: Callable[[str], Value], *, is_secret: bool = False
    ) -> Value:
        known.add(PREFIX + name)
        text = environment.get(PREFIX + name, default)
        try:
            return convert(text)
        except ValueError as problem:
            shown = "" if is_secret else f"={text!r}"
            raise BadSetting(f"{PREFIX}{name}{shown}: {problem}") from None

    host = setting("HOST", "127.0.0.1", str)
    port = setting("PORT", "8000", _port)
    insecure = setting("ALLOW_INSECURE_HTTP", "off", _switch)
    settings = Settings(
        database=setting("DATABASE", "onhand.sqlite", _database),
        host=host,
        port=port,
        base_url=setting("BASE_URL", address(host, port), _base_url),
        is_base_url_given=f"{PREFIX}BASE_URL" in environment,
        currency=setting("CURRENCY", "GBP", _currency),
        timezone=setting("TIMEZONE", "UTC", _timezone),
        hold=setting("HOLD_MINUTES", "30", _minutes),
        rate_limit=setting("RATE_LIMIT", "off", _most),
        streams_per_clerk=setting("STREAMS_PER_CLERK", "off", _most),
        mail_server=setting("SMTP", "", _mail_server, is_secret=True),
        mail_from=setting("MAIL_FROM", "", _mailbox),
        idle=setting("IDLE_HOURS", "12", _hours),
        session=setting("SESSION_HOURS", "16", _hours),
        trusted_proxy=setting("TRUSTED_PROXY", "", _networks),
        log=setting("LOG", "", _log),
        log_requests=setting("LOG_REQUESTS", "off", _switch),
        backups=setting("BACKUPS", "backups", _folder),
    )
    if unknown := {name for name in environment if name.startswith(PREFIX)} - known:
        raise BadSetting(f"{min(unknown)}: there is no such setting")
    if reason := settings.why_unreachable(host):
        raise BadSetting(f"{PREFIX}HOST={host!r}: {reason}")
    if not (settings.is_https or insecure or urlsplit(settings.base_url).hostname in LOOPBACK):
        raise BadSetting(
            f"{PREFIX}BASE_URL={settings.base_url!r}: plain HTTP is for this machine only; "
            f"use https://, or set {PREFIX}ALLOW_INSECURE_HTTP=1 for a network you trust"
        )
    if bool(settings.mail_server) != bool(settings.mail_from):
        raise BadSetting(f"{PREFIX}SMTP and {PREFIX}MAIL_FROM: set both to send mail, or neither")
    return settings


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise ValueError("a port is a number from 0 to 65535")


def _minutes(text: str) -> timedelta:
    if re.fullmatch("[0-9]{1,5}", text) and 1 <= int(text) <= 30 * 24 * 60:
        return timedelta(minutes=int(text))
    raise ValueError("write a number of minutes from 1 to 43200, which is 30 days")


def _hours(text: str) -> timedelta:
    if re.fullmatch("[0-9]{1,2}", text) and 1 <= int(text) <= 24:
        return timedelta(hours=int(text))
    raise ValueError("write a number of hours from 1 to 24")


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise ValueError("write addresses like 127.0.0.1, 10.0.0.0/8") from None


def _most(text: str) -> int | None:
    if text == "off":
        return None
    if re.fullmatch("[1-9][0-9]{0,5}", text):
        return int(text)
    raise ValueError("write off, or a number from 1 to 999999")


def _switch(text: str) -> bool:
    switches = {"1": True, "on": True, "true": True, "0": False, "off": False, "false": False}
    if text.lower() in switches:
        return switches[text.lower()]
    raise ValueError("write 1 or 0")


def _log(text: str) -> str:
    if text in {"", "json", "text"}:
        return text
    raise ValueError("write json or text")


def _database(text: str) -> str:
    if text:
        return text
    raise ValueError("give the path of a SQLite file, or a postgresql:// address")


def _folder(text: str) -> Path | None:
    if text.strip():
        return None if text == "off" else Path(text)
    raise ValueError("write off, or the folder that backups are kept in")


def _base_url(text: str) -> str:
    parts = urlsplit(text.lower())
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme)  # a browser leaves it out
    if usual and parts.hostname and "@" not in parts.netloc and parts.path in {"", "/"}:
        return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}"
    raise ValueError("write it like https://stock.example.com, without a path")


def _currency(text: str) -> str:
    if text in CURRENCIES:
        return text
    raise ValueError(f"one of {', '.join(CURRENCIES)}")


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("write a name like Europe/London") from None


def _mail_server(text: str) -> MailServer | None:
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


def _mailbox(text: str) -> str:
    if not text or is_mailbox(text):
        return text
    raise ValueError("write it like stock@example.org")


def is_mailbox(text: str) -> bool:
    """Whether mail can be sent there; one plain address, without a name around it."""
    return len(text) <= 254 and bool(re.fullmatch(MAILBOX, text))


settings = read(os.environ)
