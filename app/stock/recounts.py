"""Products whose shelf did not agree with the books: somebody shall count them."""

from datetime import datetime

from app.database import Arg, Prepared
from app.stock.queries import SHELF_COLUMNS, Shelf
from app.stock.tables import Recount

MOST_SHOWN = 100


class Asked(Shelf, frozen=True):
    """A product that is to be counted, and why."""

    note: str
    actor: str
    asked_at: datetime


_ASKED = Prepared(
    Recount.raw(
        f"SELECT {SHELF_COLUMNS}, r.note, r.actor, r.asked_at FROM recount r "
        "JOIN product ON product.id = r.product JOIN stock_level l ON l.product = r.product "
        "WHERE r.done_at IS NULL ORDER BY r.id LIMIT {}",
        Arg("limit"),
    ),
    Asked,
)


async def asked(limit: int = MOST_SHOWN) -> list[Asked]:
    """What is to be counted, the longest first."""
    return await _ASKED.all(limit=limit)
