"""Who may come in. Secrets are stored as digests only."""

from enum import StrEnum

from piccolo.columns import BigSerial, Boolean, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table


class Role(StrEnum):
    CLERK = "clerk"
    MANAGER = "manager"


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


class Clerk(Table):
    """A person at the dashboard."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=100, default=None)
    name_key = Varchar(length=100, unique=True, default=None)  # without regard to case
    password_hash = Varchar(length=255, default=None)  # Argon2id
    role = Varchar(length=16, default=None, choices=Role)
    is_active = Boolean(default=True)
    created_at = Timestamptz(default=None)


class Session(Table):
    """A clerk signed in at one browser."""

    id = BigSerial(primary_key=True)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the cookie's value
    clerk = ForeignKey(Clerk, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    created_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)  # to the minute


class Welcome(Table):
    """A one-time link: a new clerk sets a name and a password, one who is here a new password."""

    id = BigSerial(primary_key=True)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the code in the link
    name = Varchar(length=100)  # proposed
    clerk = ForeignKey(Clerk, null=True, default=None, on_delete=OnDelete.restrict)
    role = Varchar(length=16, default=None, choices=Role)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class ApiToken(Table):
    """A program that may use ``/v1``."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=100, default=None)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the token
    scope = Varchar(length=16, default=None, choices=Scope)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)


class SignInFailure(Table):
    """A wrong password, kept for the throttle so that a restart does not forget it."""

    id = BigSerial(primary_key=True)
    name_key = Varchar(length=100, default=None)
    address = Varchar(length=64, default=None)
    happened_at = Timestamptz(default=None, index=True)
