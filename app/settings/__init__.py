"""Every knob, read once from the environment, refused loudly when wrong."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.settings import values
from app.settings.values import CURRENCIES, LOOPBACK, MailServer, is_address

PREFIX = "ONHAND_"

Value = TypeVar("Value")


class BadSetting(SystemExit):
    """A setting cannot be used; its text says which and why. The program ends."""


@dataclass(frozen=True)
class Settings:
    database: str  # the path of a file, or a postgresql:// address
    replica: str  # another one that follows it, for what may be read some seconds late
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
    def is_overheard(self) -> bool:
        """Plain HTTP beyond this machine: whoever is in the network can read passwords."""
        return not self.is_https and urlsplit(self.base_url).hostname not in LOOPBACK

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
    port = setting("PORT", "8000", values.port)
    insecure = setting("ALLOW_INSECURE_HTTP", "off", values.switch)
    is_server = "://" in environment.get(f"{PREFIX}DATABASE", "")  # its password is not shown
    settings = Settings(
        database=setting("DATABASE", "onhand.sqlite", values.database, is_secret=is_server),
        replica=setting("REPLICA", "", values.replica, is_secret=True),
        host=host,
        port=port,
        base_url=setting("BASE_URL", address(host, port), values.base_url),
        is_base_url_given=f"{PREFIX}BASE_URL" in environment,
        currency=setting("CURRENCY", "GBP", values.currency),
        timezone=setting("TIMEZONE", "UTC", values.timezone),
        hold=setting("HOLD_MINUTES", "30", values.minutes),
        rate_limit=setting("RATE_LIMIT", "off", values.most),
        streams_per_clerk=setting("STREAMS_PER_CLERK", "off", values.most),
        mail_server=setting("SMTP", "", values.mail_server, is_secret=True),
        mail_from=setting("MAIL_FROM", "", values.mailbox),
        idle=setting("IDLE_HOURS", "12", values.hours),
        session=setting("SESSION_HOURS", "16", values.hours),
        trusted_proxy=setting("TRUSTED_PROXY", "", values.networks),
        log=setting("LOG", "", values.log),
        log_requests=setting("LOG_REQUESTS", "off", values.switch),
        backups=setting("BACKUPS", "backups", values.folder),
    )
    if unknown := {name for name in environment if name.startswith(PREFIX)} - known:
        raise BadSetting(f"{min(unknown)}: there is no such setting")
    if reason := settings.why_unreachable(host):
        raise BadSetting(f"{PREFIX}HOST={host!r}: {reason}")
    if settings.is_overheard and not insecure:
        raise BadSetting(
            f"{PREFIX}BASE_URL={settings.base_url!r}: plain HTTP is for this machine only; "
            f"use https://, or set {PREFIX}ALLOW_INSECURE_HTTP=1 for a network you trust"
        )
    if settings.replica and not is_address(settings.database):
        raise BadSetting(f"{PREFIX}REPLICA: only a shop in PostgreSQL has one")
    if bool(settings.mail_server) != bool(settings.mail_from):
        raise BadSetting(f"{PREFIX}SMTP and {PREFIX}MAIL_FROM: set both to send mail, or neither")
    return settings


settings = read(os.environ)
