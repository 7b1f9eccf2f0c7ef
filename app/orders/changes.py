"""What was done to holds and moved no stock: screens are told of it beside the event log."""

from app.database import DB, Arg, Prepared
from app.database.dialect import settled
from app.orders.tables import HoldChange

_NEWEST = Prepared(HoldChange.raw(settled("hold_change", DB.engine_type)), int)
_CHANGED = Prepared(
    HoldChange.raw(
        'SELECT DISTINCT "order" FROM hold_change WHERE id > {} AND id <= {} ORDER BY "order"',
        Arg("after"),
        Arg("upto"),
    ),
    int,
)


async def newest() -> int:
    """The number of the newest change, up to which they are complete; 0 when there was none."""
    return await _NEWEST.one()


async def changed(after: int, upto: int) -> list[int]:
    """The holds that were changed behind one change, up to another."""
    return await _CHANGED.all(after=after, upto=upto)
