"""What people do about what runs low."""

from piccolo.columns import BigInt, Date, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from app.catalog.tables import Product
from app.database.dialect import Whole
from app.fields import MOST_UNITS


class AlertCare(Table):
    """Who takes care of one product that is low, until when it is put off, what was ordered.

    All of it belongs to one crossing: when the product was restocked and falls low again, it
    begins anew. Rows are changed and never deleted, so that the sum of their revisions only grows.
    """

    product = ForeignKey(
        Product, primary_key=True, null=False, default=None, on_delete=OnDelete.restrict
    )
    crossing = BigInt(default=None)  # the event by which it fell low
    revision = Whole(least=1)  # counts the changes
    claimed_by = Varchar(length=100)  # the name, as it was then; empty for nobody
    claimed_at = Timestamptz(null=True, default=None)
    snoozed_by = Varchar(length=100)
    snoozed_until = Timestamptz(null=True, default=None)
    ordered = Whole(most=MOST_UNITS)  # units; 0 when nothing is on its way
    ordered_by = Varchar(length=100)
    ordered_at = Timestamptz(null=True, default=None)
    due_on = Date(null=True, default=None)  # the day of the shop
