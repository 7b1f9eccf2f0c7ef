"""The tables and migrations of this feature, for Piccolo."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from app.orders import tables

APP_CONFIG = AppConfig(
    app_name="orders",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        tables.Order,
        tables.OrderLine,
        tables.LineTakenOut,
        tables.HoldChange,
        tables.LineReturn,
        tables.Backorder,
        tables.LostSale,
    ],
    migration_dependencies=[
        "app.accounts.piccolo_app",
        "app.catalog.piccolo_app",
        "app.stock.piccolo_app",
    ],
)
