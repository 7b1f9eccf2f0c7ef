"""How many there are, and how it came to that."""

from enum import StrEnum

from piccolo.columns import (
    BigInt,
    BigSerial,
    ForeignKey,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.catalog.tables import Product
from app.database.dialect import BILLION, Whole


class EventKind(StrEnum):
    RECEIVED = "received"  # a delivery arrived
    SOLD = "sold"  # the goods left with the customer
    RESERVED = "reserved"  # promised to an order
    RELEASED = "released"  # the promise taken back
    ADJUSTED = "adjusted"  # a clerk corrected the shelf and said why
    COUNTED = "counted"  # a count found another number
    RETURNED = "returned"  # sold goods came back
    LOW_STOCK = "low_stock"  # available fell to the reorder point; changes nothing
    RESTOCKED = "restocked"  # available rose above it again; changes nothing


class AdjustmentReason(StrEnum):
    DAMAGED = "damaged"
    LOST = "lost"
    FOUND = "found"
    THEFT = "theft"
    OWN_USE = "own_use"
    CORRECTION = "correction"


class StockLevel(Table):
    """How many units of one product are on the shelf, and how many of them are promised.

    ``available`` is on_hand - reserved. It is computed, never stored.
    """

    product = ForeignKey(
        Product, primary_key=True, null=False, default=None, on_delete=OnDelete.restrict
    )
    on_hand = Whole()
    reserved = Whole(rule='"reserved" <= "on_hand"')
    reorder_point = Whole(most=1_000_000)  # at or below this many available, we alert


class StockEvent(Table):
    """One entry of what happened to a product; the ledger and the event feed in one.

    Append-only, by trigger. The sums of the changes are the level, for both numbers.
    """

    id = BigSerial(primary_key=True)  # the number that screens, /v1/events and webhooks share
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(length=16, default=None, choices=EventKind)
    on_hand_change = Whole(least=-BILLION)
    reserved_change = Whole(least=-BILLION)
    on_hand = Whole()  # after it
    reserved = Whole()
    reason = Varchar(length=16, null=True, default=None)
    note = Varchar(length=2000)
    order_id = BigInt(null=True, default=None)  # no foreign key: orders stand above stock
    actor = Varchar(length=100, default=None)  # the name of the clerk or token, as it was then
    happened_at = Timestamptz(default=None)
    operation = BigInt(null=True, default=None)  # the first event of its action; null for that one
    undoes = BigInt(null=True, default=None)  # the event that this one takes back


class Recount(Table):
    """A product whose shelf did not agree with the books, to be counted. One at a time for each."""

    id = BigSerial(primary_key=True)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    note = Varchar(length=2000)
    actor = Varchar(length=100, default=None)
    asked_at = Timestamptz(default=None)
    done_at = Timestamptz(null=True, default=None)
