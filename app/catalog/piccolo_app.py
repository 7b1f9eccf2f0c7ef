"""The tables and migrations of this feature, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.catalog import tables

APP_CONFIG = AppConfig(
    app_name="catalog",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        tables.Product,
        tables.Barcode,
        tables.SearchWord,
        tables.SearchEntry,
        tables.Spelling,
    ],
    migration_dependencies=[],
)
