"""The tables and migrations of this feature, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.counts import tables

APP_CONFIG = AppConfig(
    app_name="counts",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[tables.CountSession, tables.CountLine, tables.CountEntry],
    migration_dependencies=["app.accounts.piccolo_app", "app.catalog.piccolo_app"],
)
