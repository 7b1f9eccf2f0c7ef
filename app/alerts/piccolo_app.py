"""The tables and migrations of this feature, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.alerts import tables

APP_CONFIG = AppConfig(
    app_name="alerts",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[tables.AlertCare],
    migration_dependencies=["app.catalog.piccolo_app", "app.stock.piccolo_app"],
)
