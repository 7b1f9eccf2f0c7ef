"""Every knob, read once from the environment, refused loudly when wrong."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "ONHAND_"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CURRENCIES = {"GBP": "£", "EUR": "€", "USD": "$", "CHF": "CHF\u00a0", "AUD": "$", "CAD": "$"}

Value = TypeVar("Value")


class BadSetting(SystemExit):
    """A setting cannot be used; its text says which and why. The program ends."""


@dataclass(frozen=True)
class Settings:
    database: str  # a path; a postgresql:// address comes with the issue on trust
    host: str
    port: int  # 0 takes a free one
    base_url: str  # how browsers reach us; cookies and the Origin check depend on it
    currency: str  # ISO 4217, one with two decimals
    timezone: ZoneInfo

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def currency_sign(self) -> str:
        return CURRENCIES[self.currency]


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; raises BadSetting for a value or a name it does not know."""
    known: set[str] = set()

    def setting(name: str, default: str, convert: Callable[[str], Value]) -> Value:
        known.add(PREFIX + name)
        text = environment.get(PREFIX + name, default)
        try:
            return convert(text)
        except ValueError as problem:
            raise BadSetting(f"{PREFIX}{name}={text!r}: {problem}") from None

    host = setting("HOST", "127.0.0.1", str)
    port = setting("PORT", "8000", _port)
    insecure = setting("ALLOW_INSECURE_HTTP", "off", _switch)
    settings = Settings(
        database=setting("DATABASE", "onhand.sqlite", _database),
        host=host,
        port=port,
        base_url=setting("BASE_URL", f"http://{host}:{port}", _base_url),
        currency=setting("CURRENCY", "GBP", _currency),
        timezone=setting("TIMEZONE", "UTC", _timezone),
    )
    for later in ("HOLD_MINUTES", "RATE_LIMIT", "STREAMS_PER_CLERK"):
        known.add(PREFIX + later)
    if unknown := {name for name in environment if name.startswith(PREFIX)} - known:
        raise BadSetting(f"{min(unknown)}: there is no such setting")
    if not (settings.is_https or insecure or urlsplit(settings.base_url).hostname in LOOPBACK):
        raise BadSetting(
            f"{PREFIX}BASE_URL={settings.base_url!r}: plain HTTP is for this machine only; "
            f"use https://, or set {PREFIX}ALLOW_INSECURE_HTTP=1 for a network you trust"
        )
    return settings


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise ValueError("a port is a number from 0 to 65535")


def _switch(text: str) -> bool:
    switches = {"1": True, "on": True, "true": True, "0": False, "off": False, "false": False}
    if text.lower() in switches:
        return switches[text.lower()]
    raise ValueError("write 1 or 0")


def _database(text: str) -> str:
    if text.startswith(("postgresql://", "postgres://")):
        raise ValueError("PostgreSQL is not supported yet; give the path of a SQLite file")
    if text:
        return text
    raise ValueError("give the path of a SQLite file")


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}:
        return f"{parts.scheme}://{parts.netloc}"
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


settings = read(os.environ)
