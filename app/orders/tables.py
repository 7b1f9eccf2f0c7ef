"""What customers asked for."""

from enum import StrEnum

from piccolo.columns import BigInt, BigSerial, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import Clerk
from app.catalog.tables import Product
from app.database.dialect import Whole
from app.fields import MOST_CENTS

MOST_TOTAL_CENTS = 1_000 * MOST_CENTS


class OrderStatus(StrEnum):
    DRAFT = "draft"  # the cart on the counter; moves no stock
    OPEN = "open"  # a hold: its lines are reserved until it expires
    COMPLETED = "completed"  # the goods have left the shelf
    CANCELLED = "cancelled"  # released, or put back
    EXPIRED = "expired"  # released by time


class Condition(StrEnum):
    """In which sold goods come back."""

    SHELF = "shelf"  # back on the shelf
    DAMAGED = "damaged"
    GONE = "gone"  # nothing came back


class Order(Table, tablename="orders"):
    """One customer's wish, from the first scan to the end of its life."""

    id = BigSerial(primary_key=True)
    status = Varchar(length=16, default=None, choices=OrderStatus)
    clerk = ForeignKey(Clerk, null=True, default=None, on_delete=OnDelete.restrict)
    actor = Varchar(length=100, default=None)  # the name of the clerk or token
    reference = Varchar(length=100)  # what the outside calls it
    customer = Varchar(length=100)
    total_cents = Whole(most=MOST_TOTAL_CENTS)
    revision = Whole()  # counts the changes of a cart, so that a stale screen is noticed
    created_at = Timestamptz(default=None)
    held_at = Timestamptz(null=True, default=None)  # since when, or since when anew, it is held
    expires_at = Timestamptz(null=True, default=None)
    recalled_by = ForeignKey(  # the clerk on whose counter a hold lies
        Clerk, null=True, default=None, on_delete=OnDelete.restrict
    )
    completed_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)  # cancelled or expired
    note = Varchar(length=2000)  # why it was cancelled


class OrderLine(Table):
    """One product, a quantity and a price."""

    id = BigSerial(primary_key=True)
    order = ForeignKey(Order, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Whole(least=1, most=1_000_000)
    unit_price_cents = Whole(most=MOST_CENTS)
    returned = Whole(rule='"returned" <= "quantity"')
    position = Whole()  # the order's revision when it was last scanned; the newest stands first
    found = Whole(
        most=1_000_000, default=0
    )  # of the quantity, in the clerk's hand and not in the books
    found_note = Varchar(length=2000)


class LineTakenOut(Table):
    """How a line was when it was taken out of a hold, so that an undo brings it back as it was."""

    id = BigSerial(primary_key=True)
    event = BigInt(unique=True, default=None)  # what the event log says of it
    unit_price_cents = Whole(most=MOST_CENTS)
    position = Whole()


class HoldChange(Table):
    """A hold was extended, recalled or put away: it moved no stock, so the log does not tell."""

    id = BigSerial(primary_key=True)
    order = ForeignKey(Order, null=False, default=None, on_delete=OnDelete.restrict)


class LineReturn(Table):
    """Units of one line that came back, or will not. Their sum is what the line has returned."""

    id = BigSerial(primary_key=True)
    line = ForeignKey(OrderLine, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    quantity = Whole(least=1, most=1_000_000)
    condition = Varchar(length=16, default=None, choices=Condition)
    event = BigInt(null=True, default=None, index=True)  # what the event log says of it


class Backorder(Table):
    """Wanted now, not available yet: it becomes a hold as soon as enough is there."""

    id = BigSerial(primary_key=True)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Whole(least=1, most=1_000_000)
    customer = Varchar(length=100)
    clerk = ForeignKey(Clerk, null=True, default=None, on_delete=OnDelete.restrict)
    actor = Varchar(length=100, default=None)
    created_at = Timestamptz(default=None)
    taken_out = Whole(most=1_000_000, default=0)  # units of an order that became these
    unit_price_cents = Whole(most=MOST_CENTS, default=0)  # of those
    operation = BigInt(
        null=True, default=None, index=True
    )  # by which they can be undone, of a hold
    order = ForeignKey(Order, null=True, default=None, on_delete=OnDelete.restrict)
    closed_at = Timestamptz(null=True, default=None)  # it became that hold, or nobody wants it now


class LostSale(Table):
    """What a customer would have bought if there had been enough of it."""

    id = BigSerial(primary_key=True)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Whole(least=1, most=1_000_000)
    unit_price_cents = Whole(most=MOST_CENTS)
    available = Whole()  # when the customer left
    actor = Varchar(length=100, default=None)
    happened_at = Timestamptz(default=None, index=True)
    operation = BigInt(null=True, default=None, index=True)  # by which it can be undone, of a hold
