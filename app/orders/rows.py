"""An order as a row of a list."""

from datetime import datetime

import msgspec

from app import clock, words
from app.database import DB
from app.database.dialect import settled
from app.orders.tables import OrderStatus


class Row(msgspec.Struct, frozen=True):
    """One order as a list shows it."""

    id: int
    status: str  # an OrderStatus
    actor: str
    reference: str
    customer: str
    total_cents: int
    created_at: datetime
    held_at: datetime | None
    expires_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    note: str
    at_counter_of: str | None  # the clerk who recalled it
    lines: int
    units: int
    returned: int
    as_of: int  # grows with every event in the log, and with every change of a hold beside it
    place: datetime | int | str  # by what its part is sorted, as the database gives it

    @property
    def number(self) -> str:
        return str(self.id)

    @property
    def is_held(self) -> bool:
        return self.status == OrderStatus.OPEN

    @property
    def last_step_at(self) -> datetime:
        """Since when it stands as it does."""
        if self.is_held:
            return self.held_at or self.created_at
        if self.status == OrderStatus.EXPIRED:
            return self.closed_at or self.expires_at or self.created_at
        return self.closed_at or self.completed_at or self.created_at

    @property
    def about(self) -> str:
        """For whom it is, and how it went: what a list says beside the clerk."""
        said = [
            f"for {self.customer}" if self.customer else "",
            f"reference {self.reference}" if self.reference else "",
            self._how,
        ]
        return ", ".join(filter(None, said))

    @property
    def _how(self) -> str:
        units = words.plural(self.units, "unit")
        if self.status == OrderStatus.EXPIRED:
            return f"time ran out, {units} released"
        if self.status == OrderStatus.CANCELLED:
            went = "put back" if self.completed_at else "released"
            return ", ".join(filter(None, [self.note, f"{units} {went}"]))
        if self.is_held:
            return f"on the counter of {self.at_counter_of}" if self.at_counter_of else ""
        return f"{words.plural(self.returned, 'unit')} came back" if self.returned else ""


def row(*columns: object) -> Row:
    """A hold whose time is over is expired, also before the sweeper has come by."""
    found = Row(*columns)  # type: ignore[arg-type]
    if found.is_held and found.expires_at and found.expires_at <= clock.now():
        return msgspec.structs.replace(found, status=OrderStatus.EXPIRED)
    return found


ROW = (
    "SELECT o.id, o.status, o.actor, o.reference, o.customer, o.total_cents, o.created_at, "
    "o.held_at, o.expires_at, o.completed_at, o.closed_at, o.note, c.name, "
    '(SELECT count(*) FROM order_line n WHERE n."order" = o.id), '
    '(SELECT coalesce(sum(quantity), 0) FROM order_line n WHERE n."order" = o.id), '
    '(SELECT coalesce(sum(returned), 0) FROM order_line n WHERE n."order" = o.id), '
    f"({settled('stock_event', DB.engine_type)}) + ({settled('hold_change', DB.engine_type)})"
)
