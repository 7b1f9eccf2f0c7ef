"""What a copy of a shop holds, and whether it is one."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import NamedTuple

from app.books import audit
from app.books.audit import Finding
from app.database.backup import Ask, BadCopy, asking
from app.database.migrate import known

NEVER = Event()  # nobody interrupts

SOUND = {"PRAGMA integrity_check": [("ok",)], "PRAGMA foreign_key_check": []}
SHOP = {"migration", "product", "orders", "stock_event"}  # tables of every shop, however old


class Newest(NamedTuple):
    """How far a shop has come: its last order, and the last entry of its log."""

    order: int
    event: int

    @classmethod
    def of(cls, ask: Ask) -> "Newest":
        ((order,),) = ask("SELECT coalesce(max(id), 0) FROM orders")
        ((event,),) = ask("SELECT coalesce(max(id), 0) FROM stock_event")
        return cls(order, event)


class Content(NamedTuple):
    """What a sound file holds."""

    newest: Newest
    orders: int
    last_at: datetime | None  # when the last entry of its log was made
    findings: Sequence[Finding]  # what is wrong with its books, as it is in the shop
    lacks: Sequence[str]  # steps of this version


def newest_in(path: Path) -> Newest:
    """How far a shop has come that is perhaps being served."""
    with asking(path, NEVER, is_live=True) as ask:
        _check_tables(path, ask)
        return Newest.of(ask)


def check(path: Path, stop: Event = NEVER) -> Content:
    """Read all of a file; raise BadCopy unless it is a sound one, of a shop we know."""
    with asking(path, stop) as ask:
        for question, answer in SOUND.items():
            said = ask(question)
            if said != answer:
                raise BadCopy(f"{path}: {_told(said[0])}")
        _check_tables(path, ask)
        done = {f"{app} {step}" for app, step in ask("SELECT app_name, name FROM migration")}
        if done - known():
            raise BadCopy(f"{path}: it was made by a newer Onhand; use that one")
        lacks = sorted(known() - done)
        ((orders,),) = ask("SELECT count(*) FROM orders WHERE status <> 'draft'")
        last = ask("SELECT happened_at FROM stock_event ORDER BY id DESC LIMIT 1")
        return Content(
            Newest.of(ask),
            orders,
            datetime.fromisoformat(last[0][0]) if last else None,
            audit.findings_in(ask, is_older=bool(lacks)),
            lacks,
        )


def _check_tables(path: Path, ask: Ask) -> None:
    if SHOP - {name for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'")}:
        raise BadCopy(f"{path}: it is no shop of Onhand")


def _told(row: tuple[object, ...]) -> str:
    return str(row[0]) if len(row) == 1 else f"a row of {row[0]} points to nowhere"
