"""Who may come in. Secrets are stored as digests only."""

from enum import StrEnum

from piccolo.columns import BigSerial, Boolean, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from app.database.dialect import Whole

MOST_WRONG_PINS = 5  # in a row; then the password is needed


class Role(StrEnum):
    CLERK = "clerk"
    MANAGER = "manager"


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


class Happening(StrEnum):
    """What is written down about who came in, who did not, and who may."""

    SIGNED_IN = "signed_in"
    SWITCHED = "switched"  # came in by PIN, at an open till
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    FAILED = "failed"  # a wrong password
    WRONG_PIN = "wrong_pin"
    THROTTLED = "throttled"
    REFUSED = "refused"  # not allowed to do what was asked
    LINK_MADE = "link_made"
    LINK_WITHDRAWN = "link_withdrawn"
    CLERK_ADDED = "clerk_added"
    PASSWORD_SET = "password_set"  # noqa: S105
    PIN_SET = "pin_set"
    PIN_REMOVED = "pin_removed"
    ROLE_CHANGED = "role_changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    TOKEN_ADDED = "token_added"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105


class ActorName(Table):
    """A name under which somebody acts: of one clerk, or of programs. It is never given again."""

    id = BigSerial(primary_key=True)
    name_key = Varchar(length=100, unique=True, default=None)  # without regard to case
    is_program = Boolean(default=False)


class Clerk(Table):
    """A person at the dashboard."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=100, default=None)
    name_key = Varchar(length=100, unique=True, default=None)  # without regard to case
    password_hash = Varchar(length=255, default=None)  # Argon2id
    pin_hash = Varchar(length=255)  # Argon2id; empty without a PIN
    wrong_pins = Whole(most=MOST_WRONG_PINS, default=0)  # in a row
    role = Varchar(length=16, default=None, choices=Role)
    is_active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    seen_at = Timestamptz(null=True, default=None)  # to the minute


class Till(Table):
    """A browser that a clerk opened with a password; until it ends, PINs are enough there."""

    id = BigSerial(primary_key=True)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the cookie's value
    opened_by = ForeignKey(Clerk, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    ends_at = Timestamptz(default=None)


class Session(Table):
    """A clerk signed in at one browser."""

    id = BigSerial(primary_key=True)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the cookie's value
    clerk = ForeignKey(Clerk, null=False, default=None, on_delete=OnDelete.restrict, index=True)
    created_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)  # to the minute
    ends_at = Timestamptz(null=True, default=None)  # whatever happens until then
    proved_at = Timestamptz(null=True, default=None)  # when the password was given last
    till = ForeignKey(Till, null=True, default=None, on_delete=OnDelete.restrict, index=True)
    browser = Varchar(length=100)


class Welcome(Table):
    """A one-time link: a new clerk sets a name and a password, one who is here a new password."""

    id = BigSerial(primary_key=True)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the code in the link
    name = Varchar(length=100)  # proposed
    clerk = ForeignKey(Clerk, null=True, default=None, on_delete=OnDelete.restrict)
    role = Varchar(length=16, default=None, choices=Role)
    made_by = ForeignKey(Clerk, null=True, default=None, on_delete=OnDelete.restrict)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)  # or withdrawn


class ApiToken(Table):
    """A program that may use ``/v1``."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=100, default=None)
    digest = Varchar(length=64, unique=True, default=None)  # SHA-256 of the token
    scope = Varchar(length=16, default=None, choices=Scope)
    created_at = Timestamptz(default=None)
    created_by = Varchar(length=100)
    expires_at = Timestamptz(default=None)
    last_used_at = Timestamptz(null=True, default=None)  # to the minute
    revoked_at = Timestamptz(null=True, default=None)


class Throttle(Table):
    """How often something was tried of late, kept so that a restart does not forget it."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=128, unique=True, default=None)  # a name, an address, or everybody
    tries = Whole(default=0)
    free_at = Timestamptz(default=None)  # no other try before then
    forget_at = Timestamptz(default=None, index=True)  # then it is counted from the beginning


class AccessEvent(Table):
    """Something that happened at the door. Append-only; forgotten after 180 days."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=16, default=None, choices=Happening)
    about = Varchar(length=100)  # the clerk or the token it happened to; empty for nobody known
    actor = Varchar(length=100)  # who did it; empty for whoever it is about
    address = Varchar(length=64)  # where the browser or the program is
    note = Varchar(length=200)
    times = Whole(least=1, default=1)  # more, when too much happened at once to be told one by one
    happened_at = Timestamptz(default=None, index=True)
