"""Who is told of events, and what became of the telling."""

from enum import StrEnum

from piccolo.columns import (
    BigInt,
    BigSerial,
    Boolean,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.database.dialect import Whole


class DeliveryStatus(StrEnum):
    PENDING = "pending"  # to be sent, at once or later again
    DELIVERED = "delivered"
    FAILED = "failed"  # tried often enough, and given up


class Hook(Table):
    """An address that is told of events."""

    id = BigSerial(primary_key=True)
    address = Varchar(length=2000, default=None)
    secret = Varchar(length=64, secret=True)  # kept as it is, because it signs; mail needs none
    types = Varchar(length=500)  # of events, as on the wire, with spaces between; empty: all
    is_active = Boolean(default=True)
    last_event = BigInt(default=None)  # its place in the log: up to here it has its deliveries
    leased_until = Timestamptz(null=True, default=None)  # until then one process sends, no other
    created_by = Varchar(length=100, default=None)
    created_at = Timestamptz(default=None)
    removed_at = Timestamptz(null=True, default=None)


class Delivery(Table, tablename="hook_delivery"):
    """One event for one hook, and how it went the last time it was tried."""

    id = BigSerial(primary_key=True)
    hook = ForeignKey(Hook, null=False, default=None, on_delete=OnDelete.restrict)
    event = BigInt(null=True, default=None)  # its number in the log; a test has none
    body = Text(default=None)  # what is sent, to the byte, as often as it is sent
    status = Varchar(length=16, default=None, choices=DeliveryStatus)
    attempts = Whole()
    next_at = Timestamptz(default=None)  # when it is tried, as long as it is pending
    code = Whole(most=999)  # what was answered; 0 for no answer
    error = Varchar(length=200)  # why it did not arrive; empty as long as nothing went wrong
    took_ms = Whole()
    created_at = Timestamptz(default=None)
    done_at = Timestamptz(null=True, default=None)  # when it arrived, or was given up
