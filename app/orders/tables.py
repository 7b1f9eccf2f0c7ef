"""What customers asked for."""

from enum import StrEnum

from piccolo.columns import BigSerial, ForeignKey, OnDelete, Timestamptz, Varchar
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
    expires_at = Timestamptz(null=True, default=None)
    completed_at = Timestamptz(null=True, default=None)


class OrderLine(Table):
    """One product, a quantity and a price."""

    id = BigSerial(primary_key=True)
    order = ForeignKey(Order, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    quantity = Whole(least=1, most=1_000_000)
    unit_price_cents = Whole(most=MOST_CENTS)
    returned = Whole(rule='"returned" <= "quantity"')
    position = Whole()  # the order's revision when it was last scanned; the newest stands first
