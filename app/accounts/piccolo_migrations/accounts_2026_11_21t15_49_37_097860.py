"""A link knows who made it, and can be withdrawn."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.base import OnDelete
from piccolo.columns.base import OnUpdate
from piccolo.columns.column_types import BigSerial
from piccolo.columns.column_types import ForeignKey
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table


class Clerk(Table, tablename="clerk", schema=None):
    id = BigSerial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2026-11-21T15:49:37:097860"
VERSION = "1.38.0"
DESCRIPTION = "A link knows who made it, and can be withdrawn"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="accounts", description=DESCRIPTION
    )

    manager.add_column(
        table_class_name="Welcome",
        tablename="welcome",
        column_name="made_by",
        db_column_name="made_by",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Clerk,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.alter_column(
        table_class_name="AccessEvent",
        tablename="access_event",
        column_name="kind",
        db_column_name="kind",
        params={
            "choices": Enum(
                "Happening",
                {
                    "SIGNED_IN": "signed_in",
                    "SWITCHED": "switched",
                    "SIGNED_OUT": "signed_out",
                    "SESSIONS_ENDED": "sessions_ended",
                    "FAILED": "failed",
                    "WRONG_PIN": "wrong_pin",
                    "THROTTLED": "throttled",
                    "REFUSED": "refused",
                    "LINK_MADE": "link_made",
                    "LINK_WITHDRAWN": "link_withdrawn",
                    "CLERK_ADDED": "clerk_added",
                    "PASSWORD_SET": "password_set",
                    "PIN_SET": "pin_set",
                    "PIN_REMOVED": "pin_removed",
                    "ROLE_CHANGED": "role_changed",
                    "DISABLED": "disabled",
                    "ENABLED": "enabled",
                    "TOKEN_ADDED": "token_added",
                    "TOKEN_REVOKED": "token_revoked",
                },
            )
        },
        old_params={
            "choices": Enum(
                "Happening",
                {
                    "SIGNED_IN": "signed_in",
                    "SWITCHED": "switched",
                    "SIGNED_OUT": "signed_out",
                    "SESSIONS_ENDED": "sessions_ended",
                    "FAILED": "failed",
                    "WRONG_PIN": "wrong_pin",
                    "THROTTLED": "throttled",
                    "REFUSED": "refused",
                    "LINK_MADE": "link_made",
                    "CLERK_ADDED": "clerk_added",
                    "PASSWORD_SET": "password_set",
                    "PIN_SET": "pin_set",
                    "PIN_REMOVED": "pin_removed",
                    "ROLE_CHANGED": "role_changed",
                    "DISABLED": "disabled",
                    "ENABLED": "enabled",
                    "TOKEN_ADDED": "token_added",
                    "TOKEN_REVOKED": "token_revoked",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
