"""What was found each time somebody looked whether the books balance."""

from piccolo.columns import BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.database.dialect import Whole


class BookCheck(Table):
    """One look at the books; the newest is the seal at the foot of every page."""

    id = BigSerial(primary_key=True)
    checked_at = Timestamptz(default=None)  # when it was begun
    last_event = BigInt(default=None)  # in the log at that moment
    actor = Varchar(length=100, default=None)
    found = Whole()  # how much is wrong
    findings = Text(default=None)  # the first of it, as JSON
