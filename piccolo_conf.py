"""Where Piccolo finds the database, and the features with tables."""

from piccolo.conf.apps import AppRegistry

from app.database import DB

APP_REGISTRY = AppRegistry(
    apps=[
        "app.accounts.piccolo_app",
        "app.catalog.piccolo_app",
        "app.stock.piccolo_app",
        "app.orders.piccolo_app",
        "app.alerts.piccolo_app",
        "app.counts.piccolo_app",
        "app.idempotency.piccolo_app",
        "app.books.piccolo_app",
        "app.webhooks.piccolo_app",
    ]
)

__all__ = ["APP_REGISTRY", "DB"]
