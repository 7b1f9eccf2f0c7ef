"""The tables and migrations of this feature, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.stock import tables

APP_CONFIG = AppConfig(
    app_name="stock",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[tables.StockLevel, tables.StockEvent, tables.Recount],
    migration_dependencies=["app.catalog.piccolo_app"],
)
