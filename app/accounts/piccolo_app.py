"""The tables and migrations of this feature, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.accounts import tables

APP_CONFIG = AppConfig(
    app_name="accounts",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        tables.ActorName,
        tables.Clerk,
        tables.Till,
        tables.Session,
        tables.Welcome,
        tables.ApiToken,
        tables.Throttle,
        tables.AccessEvent,
    ],
    migration_dependencies=[],
)
