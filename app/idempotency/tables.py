"""Answers that were given, kept so that the same question gets the same answer."""

from piccolo.columns import BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.database.dialect import Whole


class Answer(Table):
    """What one actor was answered under one idempotency key. Unique by both; kept for 7 days."""

    id = BigSerial(primary_key=True)
    actor = Varchar(length=32, default=None)  # clerk:ID or token:ID
    key = Varchar(length=255, default=None)
    fingerprint = Varchar(length=64, default=None)  # SHA-256 of what was asked
    status = Whole(least=100, most=599)
    body = Text(default=None)
    created_at = Timestamptz(default=None, index=True)
