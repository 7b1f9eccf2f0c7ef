"""A shelf or a delivery that is being counted, what was counted, and by whom."""

from enum import StrEnum

from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import Clerk
from app.catalog.tables import Product
from app.database.dialect import Whole
from app.fields import MOST_UNITS


class Subject(StrEnum):
    """What is counted."""

    SHELF = "shelf"  # what is there; the books follow
    DELIVERY = "delivery"  # what arrives; it goes to what is there


class SessionStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # whatever was counted is applied
    ABANDONED = "abandoned"  # whatever was not applied by then never will be


class Choice(StrEnum):
    """How the products of a session were chosen."""

    FREE = "free"  # whatever is scanned
    CATEGORY = "category"
    SEARCH = "search"
    ASKED = "asked"  # those that somebody has asked to be counted


class EntryKind(StrEnum):
    SCANNED = "scanned"  # so many more
    TYPED = "typed"  # so many in all
    CLEARED = "cleared"  # not counted after all


class CountSession(Table):
    """Several people count one shelf, or one delivery."""

    id = BigSerial(primary_key=True)
    subject = Varchar(length=16, default=None, choices=Subject)
    name = Varchar(length=100, default=None)
    choice = Varchar(length=16, default=None, choices=Choice)
    chosen = Varchar(length=100)  # the category, or the words that were searched for
    is_blind = Boolean(default=False)  # those who count are not told what is expected
    status = Varchar(length=16, default=None, choices=SessionStatus)
    revision = Whole()  # counts its changes, so that a stale screen is noticed
    actor = Varchar(length=100, default=None)  # who began it
    begun_at = Timestamptz(default=None)
    ended_by = Varchar(length=100)
    ended_at = Timestamptz(null=True, default=None)


class CountLine(Table):
    """One product of a session. ``counted`` is the sum of its entries that stand."""

    id = BigSerial(primary_key=True)
    session = ForeignKey(CountSession, null=False, default=None, on_delete=OnDelete.restrict)
    product = ForeignKey(Product, null=False, default=None, on_delete=OnDelete.restrict)
    is_chosen = Boolean(default=False)  # among the products that the session is about
    counted = Whole(null=True, most=MOST_UNITS)  # null while nobody has counted it
    first_as_of = BigInt(null=True, default=None)  # the product's newest event at its first touch
    as_of = BigInt(null=True, default=None)  # and at its last
    note = Varchar(length=1000)  # why there are more or fewer
    event = BigInt(null=True, default=None)  # the entry of the event log, once it was applied


class CountEntry(Table):
    """What one clerk did to one line, once. Together with the others that stand it is the line."""

    id = BigSerial(primary_key=True)
    session = ForeignKey(CountSession, null=False, default=None, on_delete=OnDelete.restrict)
    line = ForeignKey(CountLine, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    kind = Varchar(length=16, default=None, choices=EntryKind)
    quantity = Whole(most=MOST_UNITS)
    stands = Boolean(default=True)  # until it is taken back, or another number is typed
    clerk = ForeignKey(Clerk, null=False, default=None, on_delete=OnDelete.restrict)
    actor = Varchar(length=100, default=None)
    entered_at = Timestamptz(default=None)
